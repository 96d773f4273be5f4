/** Conversations that the sidecar remembers: what the provider is sent, what is stored, and whose it is. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  chunk,
  done,
  echoComponent,
  finish,
  open,
  post,
  reset,
  type Script,
  type ScriptedAnswer,
  scriptedProvider,
  send,
  silence,
  startSidecar,
  textAnswer,
  toolDelta,
  upstreamComponent,
} from '../testing/index.ts'
import { eventually, readUntil, stallAfter } from './conversation.ts'
import { ask, daprBody, type Question, surfaces } from './surfaces.ts'

const timeout = 20_000
const hello: Question = { component: 'gpt', text: 'Hello?', contextId: 'one' }

/** A sidecar that remembers what `gpt` and `echo` say; its file stays until the folder is disposed of. */
async function startRemembering(
  script: Script = ({ index }) => ({ body: textAnswer(`answer ${index}`) }),
  metadata: Readonly<Record<string, string>> = {},
) {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const storePath = join(folder, 'state', 'store.sqlite')
  const upstream = stack.use(await scriptedProvider(script))
  const components = [
    upstreamComponent(upstream.url, { history: 'true', ...metadata }),
    { ...upstreamComponent(upstream.url, { history: 'true' }), name: 'other' },
    { ...echoComponent, metadata: { history: 'true' } },
  ]
  const start = () => startSidecar(components, { storePath })
  const sidecar = stack.use(await start())
  const started = stack.move()
  return { upstream, sidecar, start, storePath, [Symbol.asyncDispose]: () => started.disposeAsync() }
}

type Running = Awaited<ReturnType<typeof startRemembering>>

interface ChatMessage {
  readonly role: string
  readonly content: string | null
  readonly tool_calls?: readonly { readonly id: string }[]
}

/** The messages that the provider was sent with its request of that number, as `role: text`. */
async function sent({ upstream }: Pick<Running, 'upstream'>, index: number): Promise<string[]> {
  const { body } = await upstream.requestArrived(index)
  const { messages } = body as { readonly messages: readonly ChatMessage[] }
  return messages.map(({ role, content, tool_calls: calls = [] }) =>
    [`${role}:`, ...(content ? [content] : []), ...calls.map(({ id }) => `<${id}>`)].join(' '),
  )
}

const converse = ({ sidecar }: Running, messages: readonly object[], more: object = { contextId: 'one' }) =>
  post(sidecar.http, '/v1.0-alpha2/conversation/gpt/converse', { inputs: [{ messages }], ...more })
const user = (text: string) => ({ ofUser: { content: [{ text }] } })
const system = (text: string) => ({ ofSystem: { content: [{ text }] } })
const assistant = (text: string, ...ids: string[]) => ({
  ofAssistant: {
    content: text === '' ? [] : [{ text }],
    toolCalls: ids.map((id) => ({ id, function: { name: 'now', arguments: '{}' } })),
  },
})
const tool = (toolId: string, text: string) => ({ ofTool: { toolId, name: 'now', content: [{ text }] } })

const api = ({ sidecar }: Pick<Running, 'sidecar'>, path = '', caller?: string, method = 'GET') =>
  send(sidecar.http, `/api/conversations${path}`, {
    method,
    headers: caller === undefined ? {} : { 'dapr-caller-app-id': caller },
  })

async function stored(running: Pick<Running, 'sidecar'>, path = '/gpt/one', caller?: string) {
  const answer = await api(running, path, caller)
  return answer.status === 200 ? JSON.parse(answer.text) : undefined
}

for (const [name, surface] of Object.entries(surfaces)) {
  // A chat completion has no context id.
  if (name.includes('OpenAI')) continue
  test(`the turns of a context go in front of the next question: ${name}`, { timeout }, async () => {
    await using running = await startRemembering()
    for (const text of ['first', 'second', 'third']) {
      const { contextId } = await surface(running.sidecar, { ...hello, text })
      assert.equal(contextId, 'one')
    }
    assert.deepEqual(await sent(running, 2), [
      ...['user: first', 'assistant: answer 0'],
      ...['user: second', 'assistant: answer 1'],
      'user: third',
    ])
  })
}

test('alpha1 remembers too', { timeout }, async () => {
  await using running = await startRemembering()
  const path = '/v1.0-alpha1/conversation/gpt/converse'
  for (const content of ['first', 'second']) {
    assert.equal((await post(running.sidecar.http, path, { contextID: 'one', inputs: [{ content }] })).status, 200)
  }
  assert.deepEqual(await sent(running, 1), ['user: first', 'assistant: answer 0', 'user: second'])
})

test('echo answers with everything that has been said', { timeout }, async () => {
  await using running = await startRemembering()
  const say = async (text: string) => (await ask(running.sidecar, { component: 'echo', text, contextId: 'one' })).text
  assert.equal(await say('a'), 'a')
  assert.equal(await say('b'), 'a\na\nb')
  assert.equal(await say('c'), 'a\na\nb\na\na\nb\nc')
})

test('a conversation is remembered for its caller, its component and its context alone', { timeout }, async () => {
  await using running = await startRemembering()
  await ask(running.sidecar, hello)
  const others: readonly Question[] = [
    { ...hello, caller: 'another' },
    { ...hello, component: 'other' },
    { ...hello, contextId: 'two' },
    { component: 'gpt', text: 'Hello?' },
    { ...hello, contextId: '' },
  ]
  for (const [index, question] of others.entries()) {
    await ask(running.sidecar, question)
    assert.deepEqual(await sent(running, index + 1), ['user: Hello?'])
  }
  await ask(running.sidecar, hello)
  assert.equal((await sent(running, 6)).length, 3)
})

test('a component that does not ask for history has none, and no file is made', { timeout }, async () => {
  await using upstream = await scriptedProvider(() => ({ body: textAnswer('fine') }))
  const storePath = join(tmpdir(), 'dapr-chat-that-is-never-made', 'store.sqlite')
  await using sidecar = await startSidecar([upstreamComponent(upstream.url)], { storePath })
  for (let turn = 0; turn < 2; turn++) await ask(sidecar, hello)
  assert.deepEqual(await sent({ upstream }, 1), ['user: Hello?'])
  assert.equal((await api({ sidecar })).text, '{"conversations":[]}')
  assert.equal((await api({ sidecar }, '/gpt/one')).status, 404)
  assert.equal((await api({ sidecar }, '/gpt/one', undefined, 'DELETE')).status, 404)
  await assert.rejects(stat(storePath), { code: 'ENOENT' })
})

test('what was said outlives a restart', { timeout }, async () => {
  await using running = await startRemembering()
  await ask(running.sidecar, { ...hello, text: 'first' })
  await running.sidecar[Symbol.asyncDispose]()
  await using again = await running.start()
  await ask(again, { ...hello, text: 'second' })
  assert.deepEqual(await sent(running, 1), ['user: first', 'assistant: answer 0', 'user: second'])
})

test('instructions hold until others come, and stand first', { timeout }, async () => {
  await using running = await startRemembering()
  await converse(running, [system('Be brief.'), user('first')])
  await converse(running, [user('second')])
  await converse(running, [user('third'), system('Be long.')])
  await converse(running, [user('fourth')])
  assert.deepEqual((await sent(running, 1))[0], 'system: Be brief.')
  const third = await sent(running, 2)
  assert.deepEqual([third[0], third.at(-1)], ['system: Be long.', 'user: third'])
  assert.equal(third.filter((line) => line.startsWith('system')).length, 1)
  assert.equal((await sent(running, 3))[0], 'system: Be long.')
})

const toolThenText: Script = ({ index }) => ({
  body:
    index === 0
      ? [
          toolDelta({ index: 0, id: 'call_1', name: 'now', arguments: '{}' }),
          toolDelta({ index: 1, id: 'call_2', name: 'now', arguments: '{}' }),
          finish('tool_calls'),
          done,
        ]
      : textAnswer(`answer ${index}`),
})

const toolTurns = [
  ...['user: What time is it?', 'assistant: <call_1> <call_2>', 'tool: 12:00', 'tool: 13:00'],
  ...['assistant: answer 1', 'user: Thanks.'],
]

test('a caller may bring only the answers of its tools, however small the budget is', { timeout }, async () => {
  await using running = await startRemembering(toolThenText, { historyMaxTokens: '1' })
  await converse(running, [user('What time is it?')])
  await converse(running, [tool('call_1', '12:00'), tool('call_2', '13:00')])
  assert.deepEqual(await sent(running, 1), toolTurns.slice(0, 4))
  // The round is over, and too large for the budget.
  await converse(running, [user('Thanks.')])
  assert.deepEqual(await sent(running, 2), ['user: Thanks.'])
})

test('a caller may bring the whole round of its tools, and it is remembered once', { timeout }, async () => {
  await using running = await startRemembering(toolThenText)
  await converse(running, [user('What time is it?')])
  const round = [user('What time is it?'), assistant('', 'call_1', 'call_2'), tool('call_1', '12:00')]
  await converse(running, [...round, tool('call_2', '13:00')])
  assert.deepEqual(await sent(running, 1), toolTurns.slice(0, 4))
  await converse(running, [user('Thanks.')])
  assert.deepEqual(await sent(running, 2), toolTurns)
})

test('a call that was never answered is not sent again', { timeout }, async () => {
  await using running = await startRemembering(toolThenText)
  await converse(running, [user('What time is it?')])
  await converse(running, [user('Never mind.')])
  assert.deepEqual(await sent(running, 1), ['user: Never mind.'])
})

test('a caller who keeps the conversation itself gets what it sends, and it is stored once', { timeout }, async () => {
  await using running = await startRemembering()
  await converse(running, [user('first')])
  await converse(running, [user('first'), assistant('answer 0'), user('second')])
  assert.deepEqual(await sent(running, 1), ['user: first', 'assistant: answer 0', 'user: second'])
  await converse(running, [user('Earlier?'), assistant('Something else.'), user('third')])
  assert.deepEqual(await sent(running, 2), ['user: Earlier?', 'assistant: Something else.', 'user: third'])
  await converse(running, [user('fourth')])
  assert.deepEqual(await sent(running, 3), [
    ...['user: first', 'assistant: answer 0'],
    ...['user: second', 'assistant: answer 1'],
    'user: fourth',
  ])
})

test('the newest turns are sent within the budget, and all are stored within theirs', { timeout }, async () => {
  // Each of these rounds is 2 × (4 + 2) tokens.
  await using running = await startRemembering(undefined, { historyMaxTokens: '30', historyMaxTurns: '3' })
  for (let turn = 0; turn < 5; turn++) await ask(running.sidecar, { ...hello, text: `turn  ${turn}` })
  assert.deepEqual(await sent(running, 4), [
    ...['user: turn  2', 'assistant: answer 2', 'user: turn  3', 'assistant: answer 3'],
    'user: turn  4',
  ])
  assert.deepEqual(
    (await stored(running)).turns.map(({ sequence }: { sequence: number }) => sequence),
    [3, 4, 5],
  )
})

const unstored: Readonly<Record<string, () => ScriptedAnswer>> = {
  'was cut off by its length': () => ({ body: [chunk({ content: 'half' }), finish('length'), done] }),
  'was filtered': () => ({ body: [chunk({ content: 'half' }), finish('content_filter'), done] }),
  'broke off': () => ({ body: [chunk({ content: 'half' }), reset] }),
  'ended without a finish': () => ({ body: [chunk({ content: 'half' })] }),
  failed: () => ({ status: 400, body: '{"error":{"message":"no"}}' }),
}

for (const [what, script] of Object.entries(unstored)) {
  test(`a turn whose answer ${what} leaves no trace`, { timeout }, async () => {
    await using running = await startRemembering((request) =>
      request.index === 0 ? script() : { body: textAnswer('fine') },
    )
    await converse(running, [system('Be brief.'), user('first')])
    assert.equal(await stored(running), undefined)
    await converse(running, [user('second')])
    assert.deepEqual(await sent(running, 1), ['user: second'])
  })
}

test('a turn whose caller leaves leaves no trace, and the next one does not wait for it', { timeout }, async () => {
  await using running = await startRemembering(({ index }) => ({
    body: index === 0 ? stallAfter(chunk({ content: 'half' })) : textAnswer('fine'),
  }))
  const path = '/v1.0-alpha2/conversation/gpt/converse'
  const headers = { accept: 'text/event-stream' }
  const response = await open(running.sidecar.http, path, { body: JSON.stringify(daprBody(hello)), headers })
  await readUntil(response, 'half')
  const next = ask(running.sidecar, { ...hello, text: 'second' })
  response.destroy()
  assert.equal((await next).text, 'fine')
  assert.deepEqual(await sent(running, 1), ['user: second'])
})

test('two turns of one conversation at once come one after another', { timeout }, async () => {
  const gate = Promise.withResolvers<void>()
  await using running = await startRemembering(({ index }) => ({
    body: (async function* () {
      if (index === 0) await gate.promise
      yield* textAnswer(`answer ${index}`)
    })(),
  }))
  const first = ask(running.sidecar, { ...hello, text: 'first' })
  await running.upstream.requestArrived(0)
  const second = ask(running.sidecar, { ...hello, text: 'second' })
  await eventually(() => running.sidecar.sidecar.openCalls === 2)
  // Another conversation does not wait.
  await ask(running.sidecar, { ...hello, text: 'elsewhere', contextId: 'two' })
  assert.deepEqual(await sent(running, 1), ['user: elsewhere'])
  gate.resolve()
  await Promise.all([first, second])
  assert.deepEqual(await sent(running, 2), ['user: first', 'assistant: answer 0', 'user: second'])
})

test('a turn that waits for another can be left', { timeout }, async () => {
  await using running = await startRemembering(() => silence)
  const asked = new AbortController()
  const body = JSON.stringify(daprBody(hello))
  const path = '/v1.0-alpha2/conversation/gpt/converse'
  const both = [0, 1].map(() => send(running.sidecar.http, path, { body, signal: asked.signal }))
  await eventually(() => running.sidecar.sidecar.openCalls === 2)
  asked.abort()
  await Promise.allSettled(both)
  await eventually(() => running.sidecar.sidecar.openCalls === 0)
})

test('what is remembered is part of the question that the response cache answers', { timeout }, async () => {
  await using running = await startRemembering(undefined, { responseCacheTTL: '1m' })
  await ask(running.sidecar, hello)
  assert.equal((await ask(running.sidecar, hello)).text, 'answer 1')
  assert.equal((await ask(running.sidecar, { ...hello, contextId: 'two' })).text, 'answer 0')
  assert.equal((await ask(running.sidecar, { ...hello, contextId: 'two' })).text, 'answer 1')
  assert.equal(running.upstream.requests.length, 2)
})

test('what was scrubbed is stored scrubbed', { timeout }, async () => {
  await using running = await startRemembering(() => ({ body: textAnswer('Ask ada@example.com') }))
  await post(running.sidecar.http, '/v1.0-alpha2/conversation/gpt/converse', {
    contextId: 'one',
    scrubPii: true,
    inputs: [{ messages: [user('I am bob@example.com')], scrubPii: true }],
  })
  const conversation = JSON.stringify(await stored(running))
  assert.ok(conversation.includes('"role":"assistant"'), conversation)
  assert.ok(!conversation.includes('@example.com'), conversation)
})

test('the API lists, shows and deletes the conversations of its caller, and no others', { timeout }, async () => {
  await using running = await startRemembering()
  const odd = 'a/b ?&#%ü'
  await ask(running.sidecar, { ...hello, caller: 'app' })
  await ask(running.sidecar, { ...hello, caller: 'app', contextId: odd })
  const before = Date.now()
  await ask(running.sidecar, { ...hello, caller: 'app' })

  const { conversations } = JSON.parse((await api(running, '', 'app')).text)
  assert.deepEqual(
    conversations.map(({ updated, ...rest }: { updated: string }) => rest),
    [
      { component: 'gpt', contextId: 'one', turns: 2 },
      { component: 'gpt', contextId: odd, turns: 1 },
    ],
  )
  assert.ok(Date.parse(conversations[0].updated) >= before)
  const shown = await stored(running, '/gpt/one', 'app')
  assert.deepEqual([shown.component, shown.contextId, shown.instructions], ['gpt', 'one', []])
  assert.deepEqual(shown.turns[1].messages, [
    { role: 'user', content: [{ type: 'text', text: 'Hello?' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'answer 2' }], toolCalls: [] },
  ])
  assert.equal((await stored(running, `/gpt/one?before=${shown.turns[1].sequence}`, 'app')).turns.length, 1)
  assert.equal((await stored(running, '/gpt/one?before=nonsense', 'app')).turns.length, 0)
  assert.equal((await stored(running, `/gpt/${encodeURIComponent(odd)}`, 'app')).turns.length, 1)

  for (const caller of ['another', undefined]) {
    assert.equal((await api(running, '', caller)).text, '{"conversations":[]}')
    assert.equal((await api(running, '/gpt/one', caller)).status, 404)
    assert.equal((await api(running, '/gpt/one', caller, 'DELETE')).status, 404)
  }
  assert.equal((await api(running, '/gpt/one', 'app', 'DELETE')).status, 204)
  assert.equal((await api(running, '/gpt/one', 'app', 'DELETE')).status, 404)
  assert.equal(await stored(running, '/gpt/one', 'app'), undefined)
  await ask(running.sidecar, { ...hello, caller: 'app' })
  assert.deepEqual(await sent(running, 3), ['user: Hello?'])
})

test('every context id that is remembered can be deleted, and longer ones are refused', { timeout }, async () => {
  await using running = await startRemembering()
  for (const contextId of ['x'.repeat(1_000), '😀'.repeat(250), '%'.repeat(1_000)]) {
    await ask(running.sidecar, { ...hello, contextId })
    assert.equal((await api(running, `/gpt/${encodeURIComponent(contextId)}`, undefined, 'DELETE')).status, 204)
  }
  for (const contextId of ['x'.repeat(1_001), '😀'.repeat(251)]) {
    const answer = await converse(running, [user('Hello?')], { contextId })
    assert.equal(answer.status, 400)
    assert.deepEqual(JSON.parse(answer.text), {
      errorCode: 'ERR_CONVERSATION_INVALID_PARMS',
      message: `failed conversing with component gpt: invalid params: the context id of a conversation that is remembered must have at most 1000 bytes: current length is ${Buffer.byteLength(contextId)}`,
    })
  }
  assert.equal((await converse(running, [user('Hello?')], { contextId: 'x'.repeat(1_000) })).status, 200)
})

test('the API is behind the token and the check of the origin', { timeout }, async () => {
  await using sidecar = await startSidecar([echoComponent], { apiToken: 'secret' })
  const status = async (headers: Record<string, string>) =>
    (await send(sidecar.http, '/api/conversations/echo/one', { method: 'DELETE', headers })).status
  assert.deepEqual([await status({}), await status({ 'dapr-api-token': 'secret' })], [401, 404])
  assert.equal(await status({ 'dapr-api-token': 'secret', origin: 'https://example.com' }), 403)
})

test('a store that cannot be made is an error of the component', async () => {
  await assert.rejects(
    startSidecar([{ ...echoComponent, metadata: { history: 'true' } }], { storePath: '/dev/null/store.sqlite' }),
    /INIT_COMPONENT_FAILURE.*Cannot open the store \/dev\/null\/store\.sqlite/,
  )
})
