/** Replicas of the sidecar that share what components remember, by a state store of Dapr. */
import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import {
  chunk,
  post,
  type RunningSidecar,
  type Script,
  type ScriptedProvider,
  scriptedProvider,
  send,
  startSidecar,
  startStateStore,
  textAnswer,
  upstreamComponent,
} from '../testing/index.ts'
import { ask, daprBody, type Question, surfaces } from './surfaces.ts'

const timeout = 20_000
const hello: Question = { component: 'gpt', text: 'Hello?', contextId: 'one' }
const answering: Script = ({ index }) => ({ body: textAnswer(`answer ${index}`) })

interface ReplicaOptions {
  readonly script?: Script
  readonly metadata?: Readonly<Record<string, string>>
  readonly storeTimeoutMs?: number
}

/** Two replicas in front of one provider and one state store. */
async function startReplicas({
  script = answering,
  metadata = { history: 'true' },
  storeTimeoutMs = 10_000,
}: ReplicaOptions = {}) {
  await using stack = new AsyncDisposableStack()
  const state = stack.use(await startStateStore())
  const upstream = stack.use(await scriptedProvider(script))
  const log: string[] = []
  const settings = {
    storeDaprState: 'conversations',
    storeTimeoutMs,
    environment: { DAPR_HTTP_ENDPOINT: state.url, DAPR_API_TOKEN: 'of daprd' },
    logLevel: 'warn',
    logStream: new Writable({
      write(text, _, written) {
        log.push(String(text))
        written()
      },
    }),
  } as const
  const start = () => startSidecar([upstreamComponent(upstream.url, metadata)], settings)
  const a = stack.use(await start())
  const b = stack.use(await start())
  const started = stack.move()
  return { state, upstream, a, b, log, [Symbol.asyncDispose]: () => started.disposeAsync() }
}

/** The messages that the provider was sent with its request of that number, as `role: text`. */
async function sent({ upstream }: { readonly upstream: ScriptedProvider }, index: number): Promise<string[]> {
  const { body } = await upstream.requestArrived(index)
  const { messages } = body as { readonly messages: readonly { readonly role: string; readonly content: string }[] }
  return messages.map(({ role, content }) => `${role}: ${content}`)
}

const api = ({ http }: RunningSidecar, path = '', method = 'GET') =>
  send(http, `/api/conversations${path}`, { method, headers: {} })
const converse = ({ http }: RunningSidecar) => post(http, '/v1.0-alpha2/conversation/gpt/converse', daprBody(hello))

for (const [name, surface] of Object.entries(surfaces)) {
  // A chat completion has no context id.
  if (name.includes('OpenAI')) continue
  test(`what was said at one replica another one remembers: ${name}`, { timeout }, async () => {
    await using replicas = await startReplicas()
    await surface(replicas.a, { ...hello, text: 'first' })
    await surface(replicas.b, { ...hello, text: 'second' })
    await surface(replicas.a, { ...hello, text: 'third' })
    assert.deepEqual(await sent(replicas, 2), [
      ...['user: first', 'assistant: answer 0'],
      ...['user: second', 'assistant: answer 1'],
      'user: third',
    ])
    assert.equal(replicas.state.questions[0]?.headers['dapr-api-token'], 'of daprd')
    assert.deepEqual(replicas.log, [])
  })
}

test('turns of one conversation that replicas answer at the same time are all remembered', { timeout }, async () => {
  await using replicas = await startReplicas()
  const texts = Array.from({ length: 8 }, (_, index) => `question ${index}`)
  await Promise.all(texts.map((text, index) => ask(index % 2 === 0 ? replicas.a : replicas.b, { ...hello, text })))
  await ask(replicas.b, { ...hello, text: 'last' })
  const questions = (await sent(replicas, 8)).filter((line) => line.startsWith('user: question'))
  assert.deepEqual(
    questions.sort(),
    texts.map((text) => `user: ${text}`),
  )
})

test('what one replica remembers another one lists, shows and deletes', { timeout }, async () => {
  await using replicas = await startReplicas()
  await ask(replicas.a, hello)
  const { conversations } = JSON.parse((await api(replicas.b)).text)
  assert.deepEqual(
    conversations.map(({ component, contextId, turns }: Record<string, unknown>) => [component, contextId, turns]),
    [['gpt', 'one', 1]],
  )
  const { turns } = JSON.parse((await api(replicas.b, '/gpt/one')).text)
  assert.equal(turns[0].messages.length, 2)
  assert.equal((await api(replicas.b, '/gpt/one', 'DELETE')).status, 204)
  assert.equal((await api(replicas.a, '/gpt/one')).status, 404)
  await ask(replicas.a, { ...hello, text: 'anew' })
  assert.deepEqual(await sent(replicas, 1), ['user: anew'])
})

test('a component without history asks no state store', { timeout }, async () => {
  await using replicas = await startReplicas({ metadata: {} })
  await ask(replicas.a, hello)
  assert.deepEqual(replicas.state.questions, [])
})

for (const [name, answer] of Object.entries({ 'answers with 500': { status: 500, body: 'at 10.0.0.7' }, hangs: {} })) {
  test(`a state store that ${name} when it is read is an error before the provider is asked`, { timeout }, async () => {
    await using replicas = await startReplicas({ storeTimeoutMs: 1_500 })
    replicas.state.intercept = () => answer
    const response = await converse(replicas.a)
    assert.equal(response.status, 500)
    assert.deepEqual(JSON.parse(response.text), {
      errorCode: 'ERR_CONVERSATION_INVOKE',
      message: 'failed conversing with component gpt: the store of remembered conversations cannot be read or changed',
    })
    assert.equal(replicas.upstream.requests.length, 0)
    assert.equal((await api(replicas.a)).status, 500)
    assert.match(replicas.log.join(''), /Cannot read the state store \\?"conversations/)
  })

  test(`where the state store ${name} when the turn is written, the caller keeps the answer`, { timeout }, async () => {
    await using replicas = await startReplicas({ storeTimeoutMs: 1_500 })
    replicas.state.intercept = ({ method }) => (method === 'POST' ? answer : undefined)
    assert.equal((await ask(replicas.a, hello)).text, 'answer 0')
    assert.match(replicas.log.join(''), /gpt cannot remember a turn: Cannot write to the state store/)
    replicas.state.intercept = () => undefined
    await ask(replicas.a, hello)
    assert.deepEqual(await sent(replicas, 1), ['user: Hello?'])
  })
}

test('an answer that broke off is remembered nowhere', { timeout }, async () => {
  await using replicas = await startReplicas({
    script: ({ index }) => ({ body: index === 0 ? [chunk({ content: 'half' })] : textAnswer('whole') }),
  })
  await assert.rejects(ask(replicas.a, hello))
  await ask(replicas.b, hello)
  assert.deepEqual(await sent(replicas, 1), ['user: Hello?'])
})

test('a state store that this sidecar would look for at itself, or nowhere, is refused at the start', async () => {
  const start = (environment: Readonly<Record<string, string>>, httpPort = 3500) =>
    startSidecar([], { storeDaprState: 'conversations', httpPort, environment })
  const itself =
    /Cannot use the state store "conversations": .* must lead to a daprd: current value is http:\/\/\S+:3500/
  await assert.rejects(start({}), itself)
  await assert.rejects(start({ DAPR_HTTP_PORT: '3500' }), itself)
  await assert.rejects(start({ DAPR_HTTP_ENDPOINT: 'http://[::1]:3500/' }), itself)
  await assert.rejects(start({ DAPR_HTTP_PORT: '3510' }, 3510), /:3510, where this sidecar itself listens/)
  await assert.rejects(start({ DAPR_HTTP_ENDPOINT: 'ftp://daprd' }, 0), /must be an address such as/)
  await assert.rejects(start({ DAPR_HTTP_PORT: 'x' }, 0), /must be an address such as/)
})

test('where another sidecar of dapr-chat answers for daprd, the log says what must answer', { timeout }, async () => {
  await using replicas = await startReplicas()
  replicas.state.intercept = () => ({ status: 404, body: '{"errorCode":"ERR_DIRECT_INVOKE"}' })
  assert.equal((await converse(replicas.a)).status, 500)
  assert.match(replicas.log.join(''), /must lead to a daprd with the state component .* has no state API/)
})

test('a token of its own for daprd wins over the one that callers send', { timeout }, async () => {
  await using state = await startStateStore()
  await using sidecar = await startSidecar([], {
    storeDaprState: 'conversations',
    environment: { DAPR_HTTP_ENDPOINT: state.url, DAPR_API_TOKEN: 'of callers', DAPR_STATE_API_TOKEN: 'of daprd' },
  })
  assert.equal((await api(sidecar)).text, '{"conversations":[]}')
  assert.deepEqual(new Set(state.questions.map(({ headers }) => headers['dapr-api-token'])), new Set(['of daprd']))
})
