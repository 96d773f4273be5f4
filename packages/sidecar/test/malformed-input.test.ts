/** A storm of input that is none: each piece gets a clear refusal, none a failure of ours, and nothing stays open. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { type RunningSidecar, send, startSidecar, textAnswer } from '../testing/index.ts'
import { eventually, startConversation } from './conversation.ts'

const timeout = 60_000

const routes = [
  '/v1.0-alpha1/conversation/echo/converse',
  '/v1.0-alpha2/conversation/echo/converse',
  '/v1/chat/completions',
  '/v1.0-alpha1/conversation/gpt/converse',
  '/v1.0-alpha2/conversation/gpt/converse',
] as const

const seeds = [
  {
    contextID: 'x',
    inputs: [{ content: 'hello', role: 'user', scrubPII: true, parts: [{ text: { text: 'x' } }] }],
    parameters: { a: { '@type': 'type.googleapis.com/google.protobuf.Int64Value', value: '1' } },
    metadata: { k: 'v' },
    temperature: 0.5,
  },
  {
    contextId: 'x',
    inputs: [
      {
        messages: [
          { ofUser: { name: 'ann', content: [{ text: 'hello' }] } },
          { ofAssistant: { toolCalls: [{ id: '1', function: { name: 'f', arguments: '{}' } }] } },
          { ofTool: { toolId: '1', name: 'f', content: [{ text: 'x' }] } },
        ],
      },
    ],
    tools: [{ function: { name: 'f', parameters: { type: 'object', properties: { a: {} } } } }],
    toolChoice: 'auto',
    responseFormat: { type: 'object' },
    promptCacheRetention: '3600s',
  },
  {
    model: 'gpt',
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      { role: 'system', content: 'x' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'hello' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '' } }],
      },
      { role: 'tool', tool_call_id: '1', content: 'x' },
    ],
    tools: [{ type: 'function', function: { name: 'f', parameters: {} } }],
    tool_choice: 'auto',
    response_format: { type: 'json_object' },
    temperature: 1,
    max_tokens: 5,
  },
] as const

/** A copy of a request in which one value, anywhere in it, has become another. */
const mutated = fc
  .tuple(fc.constantFrom(...seeds), fc.nat(), fc.jsonValue({ maxDepth: 2 }))
  .map(([seed, place, value]) => JSON.stringify(replaceAt(seed, place % countValues(seed), value)))

/** A request in which some bytes have become others. */
const garbled = fc
  .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }))
  .map(([seed, changes]) => {
    const bytes = Buffer.from(JSON.stringify(seed))
    for (const [place, value] of changes) bytes[place % bytes.length] = value
    return bytes
  })

/** The beginning of a request. */
const cut = fc
  .tuple(fc.constantFrom(...seeds), fc.nat())
  .map(([seed, place]) => JSON.stringify(seed).slice(0, place % JSON.stringify(seed).length))

const bodies = fc.oneof(mutated, garbled, cut, fc.json(), fc.string(), fc.uint8Array({ maxLength: 200 }))

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, inner) => sum + countValues(inner), 1)
}

function replaceAt(value: unknown, place: number, by: unknown): unknown {
  if (place === 0) return by
  if (typeof value !== 'object' || value === null) return value
  let left = place - 1
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => {
    const size = countValues(inner)
    const here = left >= 0 && left < size
    const result = here ? replaceAt(inner, left, by) : inner
    left -= size
    return [name, result]
  })
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}

for (const path of routes) {
  for (const accept of ['*/*', 'text/event-stream']) {
    test(`${path} answers every body clearly, for a caller who accepts ${accept}`, { timeout }, async () => {
      await using running = await startConversation(() => ({ body: textAnswer('Hello') }))
      await fc.assert(
        fc.asyncProperty(bodies, async (body) => {
          const answer = await send(running.http, path, { method: 'POST', body, headers: { accept } })
          assertClear(answer.status, answer.text, answer.headers['content-type'])
        }),
        { numRuns: 200 },
      )
      assert.equal(running.sidecar.openCalls, 0)
    })
  }
}

/** An answer, or an error in the words of the API; echo itself refuses only properties that are no object. */
function assertClear(status: number, text: string, contentType = ''): void {
  if (status === 200) {
    assert.match(contentType, /^(application\/json|text\/event-stream)/)
    return
  }
  const body = JSON.parse(text)
  const message = body.error?.message ?? body.message
  assert.equal(typeof message, 'string', text)
  const documented = [400, 404].includes(status) || (status === 500 && /tool function properties must be/.test(message))
  assert.ok(documented, `${status} ${text}`)
}

/** Sends bytes as they are and reads until the other end closes. */
function talk({ http }: RunningSidecar, bytes: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(http)
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => socket.end(bytes))
    socket.on('data', (part) => {
      text += part.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

test('bytes that are no HTTP are refused and take nothing down', { timeout }, async () => {
  await using running = await startSidecar()
  const head = 'POST /v1.0-alpha2/conversation/echo/converse HTTP/1.1\r\nhost: localhost\r\n'
  const openings = fc.constantFrom(
    '',
    head,
    `${head}content-length: 5\r\n\r\n`,
    `${head}transfer-encoding: chunked\r\n\r\n`,
  )
  await fc.assert(
    fc.asyncProperty(openings, fc.uint8Array({ maxLength: 300 }), async (opening, bytes) => {
      const answer = await talk(running, Buffer.concat([Buffer.from(opening), bytes]))
      assert.doesNotMatch(answer, /^HTTP\/1\.1 5/)
    }),
    { numRuns: 200 },
  )
  await eventually(() => running.sidecar.openCalls === 0)
  assert.equal((await send(running.http, '/v1.0/healthz')).status, 204)
})

test('paths of any form are answered', { timeout }, async () => {
  await using running = await startSidecar()
  const pathPiece = fc.stringMatching(/^[!-~]{0,20}$/)
  const conversation = pathPiece.map((name) => `/v1.0-alpha2/conversation/${name}/converse`)
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        pathPiece.map((piece) => `/${piece}`),
        conversation,
      ),
      async (path) => {
        const answer = await send(running.http, path, { method: 'POST', body: '{}' })
        assert.ok([204, 400, 404].includes(answer.status), `${path} ${answer.status} ${answer.text}`)
      },
    ),
    { numRuns: 300 },
  )
})
