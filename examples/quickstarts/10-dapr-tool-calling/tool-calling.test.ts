/** Quickstart 10 as its page says it: the programs and what they print, with rules, echo and a scripted model behind a real sidecar. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  chunk,
  done,
  finish,
  type Piece,
  type RunningSidecar,
  type ScriptedProvider,
  scriptedProvider,
  startSidecar,
  textAnswer,
  toolDelta,
} from '@dapr-chat/sidecar/testing'
import { repositoryRoot } from '../../../tools/repository.ts'
import { assertInOrder, runExample } from '../../run-example.ts'
import { QuickstartPage, withoutFigures } from '../quickstart-page.ts'
import { startHelper } from '../start-helper.ts'
import { evaluate } from './tools/calculate.ts'

const components = join(import.meta.dirname, 'components')
const page = new QuickstartPage(import.meta.dirname)
const quickstart = 'quickstarts/10-dapr-tool-calling'
const key = 'sk-canary'

/** The programs run here: the `.env` of the repository must not matter, and sessions are kept below this home. */
let folder: string
/** A model that follows a script. */
let model: ScriptedProvider
/** What it says to the next questions, in turn. */
let answers: (readonly Piece[] | AsyncIterable<Piece>)[] = []
/** Has the quickstart's components with all their keys. */
let sidecar: RunningSidecar
const started = new AsyncDisposableStack()

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quickstart-'))
  started.defer(() => rm(folder, { recursive: true }))
  model = started.use(await scriptedProvider(() => ({ body: answers.shift() ?? textAnswer('Nothing more to say.') })))
  const keys = { OPENAI_API_KEY: key, ANTHROPIC_API_KEY: key, GOOGLE_AI_API_KEY: key }
  const environment = { ...keys, OPENAI_BASE_URL: model.url }
  sidecar = started.use(await startSidecar([], { resourcesPaths: [components], environment }))
})

after(() => started.disposeAsync())

function run(name: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  return runExample(`${quickstart}/${name}`, args, { cwd: folder, env: { HOME: folder, ...env } })
}

/** The same with a component that asks the scripted model. */
function runOpenai(name: string, args: readonly string[] = []) {
  return run(name, ['--provider', 'openai', ...args], { DAPR_HTTP_ENDPOINT: sidecar.http, OPENAI_API_KEY: key })
}

/** The program ends well, and prints what the page shows under this beginning. */
async function printsAsShown(name: string, args: readonly string[], beginning: string): Promise<void> {
  const { exitCode, output } = await run(name, args)
  assert.equal(exitCode, 0, output)
  assert.equal(withoutFigures(output), page.output(beginning))
}

const agent = (tools: string) => `🤖 Simple Agent Tool Calling\n   Provider: rules\n   Tools: ${tools}`

test('the simple agent prints what the page shows', () => printsAsShown('simple-agent', [], agent('get_weather')))

test('class tools print what the page shows', () =>
  printsAsShown('simple-agent', ['--class-tools'], agent('CurrencyConverter')))

test('the manual flow prints what the page shows', () => printsAsShown('manual-flow', [], '🚀 Manual Tool Calling'))

test('the page has all its phases done, with proofs that are there', () => {
  assert.deepEqual(page.wrongLinks(), [])
  const phases = page.text.slice(page.text.indexOf('## Development status'), page.text.indexOf('## Troubleshooting'))
  assert.equal(phases.match(/^### Phase \d/gm)?.length, 4)
  assert.equal(phases.match(/^- \[x\]/gm)?.length, phases.match(/^- \[/gm)?.length)
})

test('calculate is a parser: it runs nothing that a model writes', () => {
  const values: Readonly<Record<string, number>> = {
    '15 * 8 + 7': 127,
    '2 + 3 * 4': 14,
    '(2 + 3) * -4': -20,
    '10 / 4 - 1.5': 1,
    '17 % 5': 2,
    '1': 1,
  }
  for (const [expression, value] of Object.entries(values)) assert.equal(evaluate(expression), value, expression)
  const wrong = [
    'process.exit()',
    'require("fs")',
    '1 +',
    '(1',
    '1 2',
    '',
    '1/0',
    'a',
    '1;2',
    '[1]',
    '2 ** 3',
    '1..constructor',
  ]
  for (const expression of wrong) assert.throws(() => evaluate(expression), /cannot work out/, expression)
})

test('a demo asks what is typed, and remembers it', async () => {
  const { exitCode, output } = await demo('What is the weather in Paris?\n\nMy name is Bob.\nWhat is my name?\n')
  assert.equal(exitCode, 0, output)
  assertInOrder(output, [
    '🎮 Type a question.',
    '🔧 get_weather {"location":"Paris"}\n💬 Weather in Paris: 72°F, sunny, light breeze\n',
    'Your name is Bob.\n',
    'Your name is Bob.\n',
  ])
})

/** Runs the demo with this input. */
async function demo(input: string) {
  const script = join(import.meta.dirname, 'simple-agent.ts')
  const child = spawn(process.execPath, [script, '--demo'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
  })
  child.stdin.end(input)
  const ended = once(child, 'close')
  const output = (await child.stdout.setEncoding('utf8').toArray()).join('')
  const [exitCode] = await ended
  return { exitCode, output }
}

const refusals: readonly (readonly [name: string, flags: readonly string[], why: string])[] = [
  ['manual-flow', ['--provider', 'nobody'], '--provider must be one of rules, echo, openai, anthropic, gemini\n'],
  ['manual-flow', ['--no-such-flag'], "Unknown option '--no-such-flag'"],
  ['manual-flow', ['--provider', 'openai'], 'Please set the OPENAI_API_KEY environment variable'],
  ['simple-agent', ['--provider', 'anthropic'], 'Please set the ANTHROPIC_API_KEY environment variable'],
  ['simple-agent', ['--provider', 'gemini'], 'Please set the GOOGLE_AI_API_KEY environment variable'],
  ['simple-agent', ['--state-store', 'conversationstore'], '--state-store needs a --session-id\n'],
  ['simple-agent', ['--provider', 'echo', '--demo'], '--demo and --session-id need a model: '],
  ['simple-agent', ['--provider', 'echo', '--session-id', 'kept'], '--demo and --session-id need a model: '],
]

for (const [name, flags, why] of refusals) {
  test(`${name} ${flags.join(' ')} ends with 2 and the reason`, async () => {
    const { exitCode, output } = await run(name, flags)
    assert.equal(exitCode, 2)
    assert.ok(output.startsWith(`❌ ${why}`), output)
  })
}

test('--help names the flags', async () => {
  const { exitCode, output } = await run('simple-agent', ['--help'])
  assert.equal(exitCode, 0)
  assert.match(output, /^Flags: --session-id VALUE, --state-store VALUE, --provider VALUE, --class-tools, --demo\n/)
})

test('a session keeps calls and results with their ids, for the next run', async () => {
  const first = await run('simple-agent', ['--session-id', 'kept'])
  assertInOrder(first.output, [
    '💾 Session kept has 0 messages\n',
    '👤 My name is Alice.\nYour name is Alice.\n',
    '💾 Session kept has 15 messages now\n',
  ])
  const from = model.requests.length
  const second = await runOpenai('simple-agent', ['--session-id', 'kept'])
  assertInOrder(second.output, ['💾 Session kept has 15 messages\n', '👤 What is my name?\n', 'has 23 messages now\n'])
  const messages = messagesOf(model.requests[from]?.body)
  assert.deepEqual(messages[1], { role: 'user', content: 'My name is Alice.' })
  const [asked, ...results] = messages.slice(4, 7)
  assert.deepEqual(
    asked?.tool_calls?.map(({ function: called }) => called.name),
    ['get_weather', 'calculate'],
  )
  assert.deepEqual(
    results.map((result) => result.tool_call_id),
    asked?.tool_calls?.map(({ id }) => id),
  )
})

test('a session in a state store of Dapr goes on in the next run', async () => {
  await using store = await stateStore()
  const args = ['--session-id', 'kept', '--state-store', 'conversationstore']
  const env = { DAPR_HTTP_ENDPOINT: store.url }
  const first = await run('simple-agent', args, env)
  assertInOrder(first.output, ['💾 Session kept has 0 messages\n', '💾 Session kept has 15 messages now\n'])
  assert.deepEqual([...store.values.keys()], ['/v1.0/state/conversationstore/conversation-kept'])
  const second = await run('simple-agent', args, env)
  assertInOrder(second.output, ['💾 Session kept has 15 messages\n', '👤 What is my name?\nYour name is Alice.\n'])
})

test('where no sidecar answers, and where it lacks the component, the reason is told with advice', async () => {
  const unreachable = await run('manual-flow', ['--provider', 'echo'], { DAPR_HTTP_ENDPOINT: 'http://127.0.0.1:1' })
  assert.equal(unreachable.exitCode, 1)
  assertInOrder(unreachable.output, ['❌ Error: Cannot reach the sidecar at http://127.0.0.1:1', '💡 Start one with'])
  await using keyless = await startSidecar([], { resourcesPaths: [components] })
  const env = { DAPR_HTTP_ENDPOINT: keyless.http, OPENAI_API_KEY: key }
  const { exitCode, output } = await run('simple-agent', ['--provider', 'openai'], env)
  assert.equal(exitCode, 1)
  assertInOrder(output, ['❌ Error: failed finding conversation component openai\n', 'components: echo.\n'])
})

test('with echo, each call that is wrong is answered with what is wrong, and none is dropped', async () => {
  await using helper = await startHelper(page.command('npm run dapr:dev'))
  assert.deepEqual(helper.components, ['echo'])
  const env = { DAPR_HTTP_ENDPOINT: helper.http }
  const automatic = await run('simple-agent', ['--provider', 'echo'], env)
  assert.equal(automatic.exitCode, 0, automatic.output)
  assertInOrder(automatic.output, [
    'ℹ️ echo is no model',
    '🔧 get_weather location\n🔧 calculate expression\n🔧 get_time_zone location\n',
    '⚠️ Error: Cannot run tool "get_weather": its arguments must be JSON: current value is location\n',
    `Tool Response for tool ID '0' with name 'get_weather': Error: `,
    'max-steps; steps: 2, tool calls: 9\n',
    '🎉 Done\n',
  ])
  const manual = await run('manual-flow', ['--provider', 'echo'], env)
  assert.equal(manual.exitCode, 0, manual.output)
  assertInOrder(manual.output, ['📤 Step 1', '📋 Step 2', '🔧 Step 3', '💬 Step 4', '🤖 Step 5', '🎉 Done\n'])
})

interface SentMessage {
  readonly role: string
  readonly content: string | null
  readonly tool_call_id?: string
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string } }[]
}

/** The messages of a request as the model gets it. */
function messagesOf(body: unknown): readonly SentMessage[] {
  return (body as { readonly messages: readonly SentMessage[] }).messages
}

describe('with a server that speaks the wire of OpenAI', () => {
  const sent = (index: number) => messagesOf(model.requests[index]?.body)
  const rolesOf = (index: number) => sent(index).map(({ role }) => role)

  test('every component is there once its key is', async () => {
    const answer = await fetch(`${sidecar.http}/v1.0/metadata`)
    const { components: loaded } = (await answer.json()) as { components: readonly { name: string }[] }
    assert.deepEqual(loaded.map(({ name }) => name).sort(), ['anthropic', 'echo', 'gemini', 'openai'])
  })

  test('the agent sends each message once, and its calls show while they arrive', { timeout: 30_000 }, async () => {
    const from = model.requests.length
    const shown = Promise.withResolvers<void>()
    answers = [callsInTwoParts(shown.promise), textAnswer('It is sunny, ', 'and 127.')]
    const script = join(repositoryRoot, 'examples', quickstart, 'simple-agent.ts')
    const child = spawn(process.execPath, [script, '--provider', 'openai'], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, DAPR_HTTP_ENDPOINT: sidecar.http, OPENAI_API_KEY: key },
    })
    let output = ''
    for await (const text of child.stdout.setEncoding('utf8')) {
      output += text
      // The rest of the call is sent only when its beginning has been seen.
      if (output.endsWith('🔧 get_weather {"loc')) shown.resolve()
    }
    assertInOrder(output, [
      '🔧 get_weather {"location":"Tokyo"}\n🔧 calculate {"expression":"15 * 8 + 7"}\n',
      '💬 Weather in Tokyo: 72°F, sunny, light breeze\n',
      'It is sunny, and 127.\n   complete; steps: 2, tool calls: 2\n',
      '🎉 Done\n',
    ])
    const first = ['system', 'user', 'assistant', 'tool', 'tool']
    assert.deepEqual(rolesOf(from), ['system', 'user'])
    assert.deepEqual(rolesOf(from + 1), first)
    assert.deepEqual(rolesOf(from + 2), [...first, 'assistant', 'user'])
    assert.deepEqual(rolesOf(from + 3), [...first, 'assistant', 'user', 'assistant', 'user'])
  })

  test('the manual flow sends question, calls and results in order, with the same ids', async () => {
    const from = model.requests.length
    answers = [callsInTwoParts(Promise.resolve()), textAnswer('Both are known now.')]
    const { exitCode, output } = await runOpenai('manual-flow')
    assert.equal(exitCode, 0, output)
    assertInOrder(output, [
      '🔧 calculate {"expression":"15 * 8 + 7"}\n🏁 Finish reason: tool_calls\n',
      '   call_1 calculate: Result: 15 * 8 + 7 = 127\n',
      '   user, assistant, tool, tool\n',
      'Both are known now.\n🎉 Done\n',
    ])
    assert.deepEqual(rolesOf(from + 1), ['user', 'assistant', 'tool', 'tool'])
    const [, asked, ...results] = sent(from + 1)
    assert.deepEqual(
      asked?.tool_calls?.map(({ id }) => id),
      ['call_0', 'call_1'],
    )
    assert.deepEqual(
      results.map((result) => result.tool_call_id),
      ['call_0', 'call_1'],
    )
  })

  test('a model that calls nothing is taken by its word', async () => {
    answers = [textAnswer('Sunny, I guess.')]
    const { exitCode, output } = await runOpenai('manual-flow')
    assert.equal(exitCode, 0, output)
    assertInOrder(output, ['Sunny, I guess.\n', 'ℹ️ The model has answered without tools\n'])
  })
})

/** Two calls; the second half of the first waits. */
async function* callsInTwoParts(shown: Promise<void>): AsyncGenerator<Piece> {
  yield chunk({ role: 'assistant', content: null })
  yield toolDelta({ index: 0, id: 'call_0', name: 'get_weather', arguments: '{"loc' })
  await shown
  yield toolDelta({ index: 0, arguments: 'ation":"Tokyo"}' })
  yield toolDelta({ index: 1, id: 'call_1', name: 'calculate', arguments: '{"expression":"15 * 8 + 7"}' })
  yield finish('tool_calls') + done
}

interface Entry {
  readonly key: string
  readonly value: unknown
}

/** Dapr's state API as far as one writer needs it, in memory: values by their path. */
async function stateStore() {
  const values = new Map<string, unknown>()
  const server = createServer(async (request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    if (request.method === 'GET') {
      response.writeHead(values.has(path) ? 200 : 204).end(JSON.stringify(values.get(path)))
      return
    }
    const body = (await request.setEncoding('utf8').toArray()).join('')
    for (const { key, value } of JSON.parse(body) as Entry[]) values.set(`${path}/${key}`, value)
    response.writeHead(204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, values, [Symbol.asyncDispose]: close }
}
