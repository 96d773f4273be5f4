/**
 * What the sidecar answers is what `/openapi.json` says: real answers of every route, with every status that can be brought
 * about from outside, are validated against the schemas of the description. A member that is not described is a mistake too.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  chunk,
  echoComponent,
  eventsOf,
  open,
  type PlainAnswer,
  type PlainRequest,
  type RunningSidecar,
  reset,
  type ScriptedProvider,
  scriptedProvider,
  send,
  startSidecar,
  textAnswer,
  upstreamComponent,
} from '@dapr-chat/sidecar/testing'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { at } from './harness.ts'

interface Media {
  readonly schema: Schema & { readonly contentSchema?: Schema }
}
type Schema = Readonly<Record<string, unknown>>
type Content = Readonly<Record<string, Media>>
interface Operation {
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

let upstream: ScriptedProvider
let running: RunningSidecar
let guarded: RunningSidecar
let description: Description
let ajv: Ajv2020
const ended = new AsyncDisposableStack()

before(async () => {
  upstream = ended.use(
    await scriptedProvider(({ body }) => {
      const question = JSON.stringify(body)
      if (question.includes('refuse')) return { status: 401, body: '{"error":{"message":"no"}}' }
      return { body: question.includes('break') ? [chunk({ content: 'Hel' }), reset] : textAnswer('Hello', ' there') }
    }),
  )
  const remembering = { name: 'memory', type: 'conversation.echo', metadata: { history: 'true' } }
  running = ended.use(await startSidecar([echoComponent, remembering, upstreamComponent(upstream.url)]))
  guarded = ended.use(await startSidecar(undefined, { apiToken: 'right' }))
  description = JSON.parse((await send(running.http, '/openapi.json')).text)
  ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'date-time': true, byte: true } })
  ajv.addSchema({ $id: 'openapi', components: closed(description.components) as object })
})

after(() => ended.disposeAsync())

/** The schemas with every object closed that names its members: what is not described is then found. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, closed(inner)]))
  const names = 'properties' in value && (value as Schema).type === 'object' && !('additionalProperties' in value)
  return names ? { ...copy, additionalProperties: false } : copy
}

function validator(schema: Schema): ValidateFunction {
  const absolute = JSON.stringify(closed(schema)).replaceAll('"#/components/', '"openapi#/components/')
  return ajv.compile(JSON.parse(absolute))
}

function check(schema: Schema, value: unknown, what: string): void {
  const validate = validator(schema)
  assert.ok(validate(value), `${what}: ${JSON.stringify(value)} ${JSON.stringify(validate.errors)}`)
}

/** Holds an answer against the description of its route. */
function holdAgainst(method: string, route: string, { status, headers, text }: PlainAnswer): void {
  const operation = description.paths[route]?.[method]
  assert.ok(operation, `${method} ${route} is not described`)
  const response = operation.responses[status] ?? operation.responses[`${Math.floor(status / 100)}XX`]
  const what = `${method} ${route} ${status}`
  assert.ok(response, `${what} is not described: ${text}`)
  const [type = ''] = (headers['content-type'] ?? '').split(';')
  if (response.content === undefined) {
    assert.equal(text, '', what)
    return
  }
  const media = response.content[type]
  assert.ok(media, `${what} is not described as ${type}`)
  if (type === 'application/json') check(media.schema, JSON.parse(text), what)
  if (type !== 'text/event-stream') return
  const frames = eventsOf(text).filter(({ data }) => data !== '[DONE]')
  assert.ok(frames.length > 0, what)
  for (const { data } of frames) check(media.schema.contentSchema ?? {}, JSON.parse(data), what)
}

const json = (value: unknown): PlainRequest => ({ method: 'POST', body: JSON.stringify(value) })
const streamed = (value: unknown): PlainRequest => ({ ...json(value), headers: { accept: 'text/event-stream' } })
const alpha1 = (content: string) => ({ inputs: [{ content }] })
const alpha2 = (text: string, more: object = {}) => ({
  inputs: [{ messages: [{ ofUser: { content: [{ text }] } }] }],
  ...more,
})
const chat = (model: string, content: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user', content }],
  ...more,
})
const called = {
  inputs: [{ messages: [{ ofUser: { content: [{ text: 'Hello' }] } }] }],
  tools: [{ function: { name: 'greet', parameters: { type: 'object', properties: { who: { type: 'string' } } } } }],
}
const converse1 = '/v1.0-alpha1/conversation/{name}/converse'
const converse2 = '/v1.0-alpha2/conversation/{name}/converse'
const remembered = '/api/conversations/{component}/{contextId}'

/** A request: its route in the description, its path, what is sent, and the status that is expected. */
type Row = readonly [route: string, path: string, request: PlainRequest, status: number]

const rows: readonly Row[] = [
  [converse1, '/v1.0-alpha1/conversation/echo/converse', json(alpha1('Hello')), 200],
  [converse1, '/v1.0-alpha1/conversation/echo/converse', streamed(alpha1('Hello there')), 200],
  [converse1, '/v1.0-alpha1/conversation/echo/converse', json({}), 400],
  [converse1, '/v1.0-alpha1/conversation/gpt/converse', json(alpha1('refuse')), 500],
  [converse2, '/v1.0-alpha2/conversation/echo/converse', json(alpha2('Hello')), 200],
  [converse2, '/v1.0-alpha2/conversation/gpt/converse', json(alpha2('Hello')), 200],
  [converse2, '/v1.0-alpha2/conversation/echo/converse', json(called), 200],
  [converse2, '/v1.0-alpha2/conversation/echo/converse', streamed(called), 200],
  [converse2, '/v1.0-alpha2/conversation/gpt/converse', streamed(alpha2('Hello')), 200],
  [converse2, '/v1.0-alpha2/conversation/gpt/converse', streamed(alpha2('break')), 200],
  [converse2, '/v1.0-alpha2/conversation/memory/converse', json(alpha2('Hello', { contextId: 'c1' })), 200],
  [converse2, '/v1.0-alpha2/conversation/nobody/converse', json(alpha2('Hello')), 400],
  [converse2, '/v1.0-alpha2/conversation/gpt/converse', json(alpha2('refuse')), 500],
  ['/v1/chat/completions', '/v1/chat/completions', json(chat('echo', 'Hello')), 200],
  ['/v1/chat/completions', '/v1/chat/completions', json(chat('gpt', 'Hello', { stream: true })), 200],
  [
    '/v1/chat/completions',
    '/v1/chat/completions',
    json(chat('gpt', 'Hello', { stream: true, stream_options: { include_usage: true } })),
    200,
  ],
  ['/v1/chat/completions', '/v1/chat/completions', json(chat('gpt', 'break', { stream: true })), 200],
  ['/v1/chat/completions', '/v1/chat/completions', json(chat('nobody', 'Hello')), 404],
  ['/v1/chat/completions', '/v1/chat/completions', json({}), 400],
  ['/v1/chat/completions', '/v1/chat/completions', json(chat('gpt', 'refuse')), 401],
  ['/v1/models', '/v1/models', {}, 200],
  ['/v1/models/{model}', '/v1/models/echo', {}, 200],
  ['/v1/models/{model}', '/v1/models/nobody', {}, 404],
  ['/api/conversations', '/api/conversations', {}, 200],
  [remembered, '/api/conversations/memory/c1', {}, 200],
  [remembered, '/api/conversations/memory/c2', {}, 404],
  [remembered, '/api/conversations/memory/c1', { method: 'DELETE' }, 204],
  [remembered, '/api/conversations/memory/c1', { method: 'DELETE' }, 404],
  ['/console/{file}', '/console/nothing.js', {}, 404],
  ['/api/console/session', '/api/console/session', {}, 200],
  ['/api/console/login', '/api/console/login', json({ token: 'any' }), 204],
  ['/api/console/logout', '/api/console/logout', { method: 'POST' }, 204],
  ['/api/console/overview', '/api/console/overview', {}, 200],
  ['/api/console/overview', '/api/console/overview?window=7m', {}, 400],
  ['/api/console/calls', '/api/console/calls', {}, 200],
  ['/api/console/calls', '/api/console/calls?limit=x', {}, 400],
  ['/api/console/calls/{id}', '/api/console/calls/nothing', {}, 404],
  ['/api/console/components', '/api/console/components', {}, 200],
  ['/v1.0/healthz', '/v1.0/healthz', {}, 204],
  ['/v1.0/healthz', '/v1.0/healthz?appid=other', {}, 500],
  ['/v1.0/healthz/outbound', '/v1.0/healthz/outbound', {}, 204],
  ['/v1.0/metadata', '/v1.0/metadata', {}, 200],
  ['/v1.0/metadata/{key}', '/v1.0/metadata/colour', { method: 'PUT', body: 'green' }, 204],
  ['/metrics', '/metrics', {}, 200],
  ['/openapi.json', '/openapi.json', {}, 200],
]

for (const [route, path, request, status] of rows) {
  const method = (request.method ?? 'GET').toLowerCase()
  const accept = request.headers?.accept === undefined ? '' : ', streamed'
  test(`${method} ${path}${accept} answers ${status} as it is described: ${request.body ?? 'no body'}`, async () => {
    const answer = await send(running.http, path, request)
    assert.equal(answer.status, status, answer.text)
    holdAgainst(method, route, answer)
    const body = description.paths[route]?.[method]?.requestBody?.content['application/json']
    if (body && status < 300) check(body.schema, JSON.parse(String(request.body)), `the body of ${path}`)
  })
}

test('the page of the console, and its stream of events, answer as they are described', async () => {
  const page = await send(running.http, '/console')
  holdAgainst('get', '/console', page)
  const events = await open(running.http, '/api/console/events')
  assert.equal(events.statusCode, 200)
  assert.match(events.headers['content-type'] ?? '', /^text\/event-stream/)
  assert.ok(at(description.paths, '/api/console/events', 'get', 'responses', '200', 'content', 'text/event-stream'))
  events.destroy()
})

test('whoever may not pass is answered as it is described, on every route', async () => {
  for (const [route, item] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const path = route.replaceAll(/\{\w+\}/g, 'x')
      const request = { method: method.toUpperCase(), body: method === 'get' ? '' : '{}' }
      const foreign = await send(running.http, path, { ...request, headers: { host: 'evil.example' } })
      assert.equal(foreign.status, 403, path)
      holdAgainst(method, route, foreign)
      if (!('401' in operation.responses) || route === '/api/console/login') continue
      const unknown = await send(guarded.http, path, request)
      assert.equal(unknown.status, 401, path)
      holdAgainst(method, route, unknown)
    }
  }
})

test('a route that a Configuration closes, and one of a sidecar that asks for a token, are described', async () => {
  const wrong = await send(guarded.http, '/api/console/login', json({ token: 'wrong' }))
  holdAgainst('post', '/api/console/login', wrong)
  const none = await send(guarded.http, '/api/console/login', json({}))
  assert.deepEqual([wrong.status, none.status], [401, 400])
  holdAgainst('post', '/api/console/login', none)
})

test('every operation of the description is asked here, but the one that ends the sidecar', () => {
  const asked = new Set(rows.map(([route, , { method = 'GET' }]) => `${method.toLowerCase()} ${route}`))
  const rest = Object.entries(description.paths)
    .flatMap(([route, item]) => Object.keys(item).map((method) => `${method} ${route}`))
    .filter((operation) => !asked.has(operation))
  assert.deepEqual(rest.sort(), ['get /api/console/events', 'get /console', 'post /v1.0/shutdown'])
})
