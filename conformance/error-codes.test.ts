/**
 * Every row of the error table, provoked: a real sidecar answers with what the table says on Dapr's routes, on OpenAI's and
 * over gRPC, and our client throws the class that `docs/troubleshooting.md` names, with the advice of the one table. A code
 * that one surface cannot bring about says so beside its row.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { DaprChatClient, DaprChatError, ProviderError } from '@dapr-chat/client'
import { type ErrorCode, errorAdvice, errorCodes, errorRow } from '@dapr-chat/protocol'
import { defineProvider } from '@dapr-chat/sidecar'
import {
  callGrpc,
  chunk,
  echoComponent,
  type PlainAnswer,
  post,
  type RunningSidecar,
  reset,
  type ScriptedAnswer,
  type ScriptedProvider,
  scriptedProvider,
  send,
  silence,
  startSidecar,
  upstreamComponent,
} from '@dapr-chat/sidecar/testing'
import { type ServiceError, status } from '@grpc/grpc-js'
import { exitCodeOf } from 'dapr-chat/src/failure.ts'
import { cannotShow, textOnly, thrownErrors } from '../tools/docs/error-places.ts'
import { at, DaprClient, errorInfo } from './harness.ts'

/** What a provider answers, by the question that it is asked. */
const answers: Readonly<Record<string, () => ScriptedAnswer | Promise<never>>> = {
  auth: () => refusal(401, { message: 'Incorrect API key provided', code: 'invalid_api_key' }),
  quota: () => refusal(429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }),
  rate_limit: () => refusal(429, { message: 'Rate limit reached', code: 'rate_limit_exceeded' }),
  context_length: () => refusal(400, { message: 'too long', code: 'context_length_exceeded' }),
  content_filter: () => refusal(400, { message: 'filtered', code: 'content_filter' }),
  provider_invalid_request: () => refusal(404, { message: 'The model does not exist', code: 'model_not_found' }),
  unavailable: () => refusal(503, { message: 'The server is overloaded' }),
  timeout: () => silence,
  interrupted: () => ({ body: [chunk({ role: 'assistant', content: '' }), reset] }),
  protocol: () => ({ body: 'data: {this is no JSON\n\n' }),
}

function refusal(status: number, error: object): ScriptedAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) }
}

/** A provider with a fault. */
const faulty = defineProvider({
  type: 'conversation.faulty',
  description: 'Fails as programs fail.',
  settings: {},
  accepts: [],
  create: () => ({
    // biome-ignore lint/correctness/useYield: it fails before it says anything
    converse: async function* () {
      throw new TypeError('undefined is not a function')
    },
    close: async () => {},
  }),
})

/** The most that the sidecar reads, in bytes. */
const MAX_BODY = 20_000

let upstream: ScriptedProvider
let running: RunningSidecar
let guarded: RunningSidecar
let draining: RunningSidecar
let grpc: DaprClient
const ended = new AsyncDisposableStack()

before(async () => {
  upstream = ended.use(
    await scriptedProvider(({ body }) => {
      const question = String(at(body, 'messages', 0, 'content'))
      return answers[question]?.() ?? refusal(500, { message: question })
    }),
  )
  const gpt = upstreamComponent(upstream.url)
  const hasty = { ...upstreamComponent(upstream.url, { firstTokenTimeout: '50ms' }), name: 'hasty' }
  running = ended.use(
    await startSidecar([echoComponent, gpt, hasty, { name: 'faulty', type: faulty.type }], {
      maxBodyBytes: MAX_BODY,
      providers: [faulty],
    }),
  )
  guarded = ended.use(await startSidecar(undefined, { apiToken: 'right' }))
  const slow = { name: 'echo', type: 'conversation.echo', metadata: { delay: '10s' } }
  draining = ended.use(await startSidecar([slow], { gracefulShutdownMs: 60_000 }))
  grpc = ended.use(new DaprClient(running.grpc))
})

after(() => ended.disposeAsync())

const userOf = (text: string) => ({ ofUser: { content: [{ text }] } })
const daprPath = (component: string) => `/v1.0-alpha2/conversation/${component}/converse`

/** How a question is asked; what is not said is the question in the code's name, to `gpt`. */
interface Question {
  readonly to?: () => RunningSidecar
  readonly component?: string
  readonly text?: string
  /** In place of the body that the surface makes. */
  readonly dapr?: () => Promise<PlainAnswer>
  readonly openai?: () => Promise<PlainAnswer>
  readonly grpc?: () => Promise<unknown>
}

const longText = 'x'.repeat(MAX_BODY)
const raw = (path: string, body: string) => () => send(running.http, path, { body })

const questions: Partial<Record<ErrorCode, Question>> = {
  component_not_found: { component: 'nobody' },
  missing_inputs: {
    dapr: raw(daprPath('echo'), '{"inputs":[]}'),
    grpc: () => grpc.unary('ConverseAlpha2', { name: 'echo' }),
  },
  invalid_params: {
    dapr: () => post(running.http, daprPath('echo'), { inputs: [{ messages: [userOf('x')] }], toolChoice: 'required' }),
    grpc: () =>
      grpc.unary('ConverseAlpha2', {
        name: 'echo',
        inputs: [{ messages: [{ of_user: { content: [{ text: 'x' }] } }] }],
        tool_choice: 'required',
      }),
  },
  malformed_request: {
    dapr: raw(daprPath('echo'), '{"inputs":"hello"}'),
    openai: raw('/v1/chat/completions', '{'),
  },
  body_too_large: { text: longText },
  timeout: { component: 'hasty' },
  unauthenticated: { to: () => guarded, component: 'echo' },
  forbidden: {
    dapr: () => send(running.http, '/v1.0/metadata', { headers: { host: 'evil.example' } }),
    openai: () => send(running.http, '/v1/models', { headers: { host: 'evil.example' } }),
  },
  not_found: {
    dapr: () => send(running.http, '/v1.0/state/store'),
    openai: () => send(running.http, '/v1/embeddings', { body: '{}' }),
    grpc: async () => {
      const { code, details, trailers } = await callGrpc(running.grpc, 'GetState')
      throw Object.assign(new Error(details), { code, details, metadata: trailers })
    },
  },
  shutting_down: { to: () => draining, component: 'echo' },
  internal: { component: 'faulty' },
}

const asked = {
  dapr: ({ to = () => running, component = 'gpt' }: Question, text: string) =>
    post(to().http, daprPath(component), { inputs: [{ messages: [userOf(text)] }] }),
  openai: ({ to = () => running, component = 'gpt' }: Question, text: string) =>
    post(to().http, '/v1/chat/completions', { model: component, messages: [{ role: 'user', content: text }] }),
  async grpc({ to = () => running, component = 'gpt' }: Question, text: string) {
    using client = new DaprClient(to().grpc)
    return await client.unary('ConverseAlpha2', {
      name: component,
      inputs: [{ messages: [{ of_user: { content: [{ text }] } }] }],
    })
  },
}

/** What our client throws when it gets this very answer. */
async function thrownFor({ status, headers, text }: PlainAnswer): Promise<unknown> {
  const { 'content-type': type = 'text/plain', 'dapr-chat-error': code } = headers
  const relay = createServer((_request, response) => {
    response
      .writeHead(status, { 'content-type': type, ...(code !== undefined && { 'dapr-chat-error': code }) })
      .end(text)
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  try {
    const http = `http://127.0.0.1:${(relay.address() as AddressInfo).port}`
    await using client = new DaprChatClient({ endpoint: { http }, retry: false })
    return await client.generate('Hello', { component: 'gpt' }).catch((error: unknown) => error)
  } finally {
    relay.close()
    relay.closeAllConnections()
  }
}

/** A message that is too large, and a method that is not there, end before anybody could say more. */
const noDetail: ReadonlySet<string> = new Set(['body_too_large', 'not_found'])

for (const code of errorCodes) {
  if (code === 'cancelled') continue
  const question = questions[code] ?? {}
  const row = errorRow(code)

  test(`${code} on Dapr's routes is ${row.dapr} with ${row.http}, and what our client makes of it`, async () => {
    if (code === 'shutting_down') await drain()
    const answer = await (question.dapr?.() ?? asked.dapr(question, question.text ?? code))
    assert.equal(answer.status, row.http, answer.text)
    if (!textOnly.has(code)) {
      assert.equal(JSON.parse(answer.text).errorCode, row.dapr)
      assert.equal(answer.headers['dapr-chat-error'], code)
    }
    const error = await thrownFor(answer)
    assert.ok(error instanceof DaprChatError, String(error))
    const thrown = thrownErrors[code]
    assert.equal(error.name, thrown.class)
    assert.equal(exitCodeOf(error), thrown.exitCode)
    assert.equal(error.hint, errorAdvice[code])
    assert.equal(error instanceof ProviderError ? error.reason : undefined, thrown.reason)
    if (error instanceof ProviderError) assert.equal(error.retryable, row.retryable)
  })

  if (!(code in cannotShow.openai)) {
    test(`${code} on OpenAI's routes is ${row.openaiType} with ${row.openaiStatus}`, async () => {
      if (code === 'shutting_down') await drain()
      const answer = await (question.openai?.() ?? asked.openai(question, question.text ?? code))
      assert.equal(answer.status, row.openaiStatus, answer.text)
      const { error } = JSON.parse(answer.text)
      assert.deepEqual([error.type, error.code], [row.openaiType, row.openaiCode])
    })
  }

  if (!(code in cannotShow.grpc)) {
    test(`${code} over gRPC is status ${row.grpc}`, async () => {
      if (code === 'shutting_down') await drain()
      const call = question.grpc?.() ?? asked.grpc(question, question.text ?? code)
      const error = await call.then(
        () => assert.fail('it answered'),
        (failure: ServiceError) => failure,
      )
      assert.equal(error.code, row.grpc, error.message)
      if (noDetail.has(code)) return
      assert.equal(
        at(errorInfo(error.metadata), 'reason'),
        code === 'unauthenticated' ? 'Unauthorized' : code.toUpperCase(),
      )
    })
  }
}

let closing: Promise<void> | undefined

/** The sidecar that goes down must do so before it is asked, and not earlier: a call that runs keeps it up. */
async function drain(): Promise<void> {
  if (closing !== undefined) return
  const client = ended.use(new DaprClient(draining.grpc))
  const stream = client.stream('ConverseStreamAlpha2', {
    name: 'echo',
    inputs: [{ messages: [{ of_user: { content: [{ text: 'one two three' }] } }] }],
  })
  stream.on('error', () => {}).resume()
  ended.defer(() => stream.cancel())
  while (draining.sidecar.openCalls === 0) await new Promise(setImmediate)
  closing = draining.sidecar.close()
}

test('cancelled is what the log says of a call whose caller left; nobody is there to be answered', async () => {
  const left = new AbortController()
  const { requests } = upstream
  const seen = requests.length
  const asking = send(running.http, daprPath('gpt'), {
    body: JSON.stringify({ inputs: [{ messages: [userOf('timeout')] }] }),
    signal: left.signal,
  })
  await upstream.requestArrived(seen)
  left.abort()
  await assert.rejects(asking)
  let listed = ''
  while (!listed.includes('"state":"cancelled"')) listed = (await send(running.http, '/api/console/calls?q=gpt')).text
  const [call] = JSON.parse(listed).calls
  const client = ended.use(new DaprChatClient({ endpoint: { http: running.http }, component: 'echo' }))
  const error: unknown = await client.generate('Hello', { signal: AbortSignal.abort() }).catch((thrown) => thrown)
  assert.equal((error as Error).name, thrownErrors.cancelled.class)
  assert.equal(exitCodeOf(error), thrownErrors.cancelled.exitCode)
  assert.deepEqual(call.error, { code: 'cancelled', message: 'the caller has left' })
})

test('bytes that are no message end a gRPC call with a status of their own', async () => {
  const { code } = await callGrpc(running.grpc, 'ConverseAlpha2', Buffer.from([0xff, 0xff]))
  assert.equal(code, status.INTERNAL)
})
