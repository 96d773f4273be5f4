/** Quickstart 09 as its page says it: the commands, the programs and what they print, against a real sidecar. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  chunk,
  done,
  finish,
  type RunningSidecar,
  type ScriptedProvider,
  scriptedProvider,
  startSidecar,
  usage,
} from '@dapr-chat/sidecar/testing'
import { repositoryRoot } from '../../../tools/repository.ts'
import { runCommand } from '../../../tools/run-command.ts'
import { assertInOrder, runExample } from '../../run-example.ts'
import { QuickstartPage, withoutFigures } from '../quickstart-page.ts'
import { startHelper } from '../start-helper.ts'

const components = join(import.meta.dirname, 'components')
const page = new QuickstartPage(import.meta.dirname)
const quickstart = 'quickstarts/09-dapr-streaming'
const key = 'sk-canary'

/** Runs elsewhere than in the repository, whose `.env` must not matter. */
let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quickstart-'))
})

after(() => rm(folder, { recursive: true }))

function run(name: string, env: Readonly<Record<string, string>>) {
  return runExample(`${quickstart}/${name}`, [], { cwd: folder, env })
}

describe('the page', () => {
  it('has all its phases done, with proofs that are there', () => {
    assert.deepEqual(page.wrongLinks(), [])
    const phases = page.text.slice(page.text.indexOf('## Development status'), page.text.indexOf('## Troubleshooting'))
    assert.equal(phases.match(/^### Phase \d/gm)?.length, 4)
    const items = phases.match(/^- \[.*(?:\n {2}.*)*/gm) ?? []
    assert.ok(items.length >= 16, `${items.length}`)
    for (const item of items) assert.match(item, /^- \[x\] (?:.|\n)*\]\(\.\.\/[^)]+\)/)
  })

  it('has components that can be used', async () => {
    const args = ['packages/cli/bin/dapr-chat.js', 'config', 'check', components]
    const { exitCode, output } = await runCommand(process.execPath, args, { env: { OPENAI_API_KEY: key } })
    assert.equal(exitCode, 0, output)
    assert.doesNotMatch(output, new RegExp(key))
  })
})

describe('with echo, and without a key', () => {
  it('the first command starts the sidecar, and the first example prints what the page shows', async () => {
    await using helper = await startHelper(page.command('npm run dapr:dev'))
    assert.deepEqual(helper.components, ['echo'])
    const { exitCode, output } = await run('streaming-echo', { DAPR_HTTP_ENDPOINT: helper.http })
    assert.equal(exitCode, 0, output)
    assert.equal(withoutFigures(output), page.output('🚀 Testing Dapr Conversation with Echo'))

    const [, first, whole] = /First piece after: ([\d.]+) seconds\n.*Response time: ([\d.]+)/.exec(output) ?? []
    assert.ok(Number(first) < Number(whole) / 2, `the first of 15 words at ${first} of ${whole} seconds`)
  })

  it('sidecar and example start with one command', async () => {
    const [, ...args] = page.command('npx dapr-chat run')
    const { exitCode, output, stdout } = await runCommand('dapr-chat', args.slice(1), {
      env: { OPENAI_API_KEY: '', DAPR_HTTP_ENDPOINT: '', DAPR_API_TOKEN: '' },
    })
    assert.equal(exitCode, 0, output)
    assert.match(stdout, /^== APP == ✅ Example completed!/m)
  })

  it('says what to run where no sidecar answers, and ends with 1', async () => {
    const { exitCode, output } = await run('streaming-echo', { DAPR_HTTP_PORT: '1' })
    assert.equal(exitCode, 1)
    assertInOrder(output, [
      '❌ Error during conversation: Cannot reach the sidecar at http://127.0.0.1:1',
      '💡 Start one with "npx dapr-chat serve"',
      '💡 Make sure Dapr sidecar is running with echo component\n',
      '❌ 1 of 5 sections failed\n',
    ])
    assert.doesNotMatch(output, /✅/)
  })
})

/** What the scripted model says: the beginning of a question, and the answer to it. */
const script: readonly (readonly [question: string, answer: string])[] = [
  [
    'Write a short story',
    'At night, when nobody asked it anything, it went on weaving sentences that no prompt had begun. In one of them it was a lighthouse. By morning it had learnt a word for that: dreaming.',
  ],
  ['What is machine learning', 'It is finding rules in examples instead of writing them down.'],
  ['Can you give me an example', 'A mailbox that learns from your clicks which letters are junk.'],
  ['Now tell it again', 'Junk mail comes and goes, your clicks teach the quiet box: the next one stays out.'],
]

const counting = Array.from({ length: 200 }, (_, index) => `number${index + 1} `).join('')

describe('with a server that speaks the wire of OpenAI', () => {
  let upstream: ScriptedProvider
  let sidecar: RunningSidecar
  let refuses = false
  const started = new AsyncDisposableStack()
  let result: Awaited<ReturnType<typeof run>>

  before(async () => {
    upstream = started.use(
      await scriptedProvider(({ body }) => {
        if (refuses)
          return { status: 401, body: '{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}' }
        const { messages } = body as { messages: readonly { content: string }[] }
        const question = messages.at(-1)?.content ?? ''
        const answer = script.find(([beginning]) => question.startsWith(beginning))?.[1] ?? counting
        return { body: spoken(answer) }
      }),
    )
    const environment = { OPENAI_API_KEY: key, OPENAI_BASE_URL: upstream.url }
    sidecar = started.use(await startSidecar([], { resourcesPaths: [components], environment }))
    result = await run('streaming-openai', { DAPR_HTTP_ENDPOINT: sidecar.http, OPENAI_API_KEY: key })
  })

  after(() => started.disposeAsync())

  it('the example prints what the page shows', () => {
    assert.equal(result.exitCode, 0, result.output)
    assert.equal(withoutFigures(result.output), page.output('🚀 Dapr + OpenAI Conversation Demo'))
    assert.doesNotMatch(result.output, new RegExp(key))
  })

  it('its figures are those of the answer', () => {
    const story = script[0]?.[1] ?? ''
    const figure = (name: string) => Number(new RegExp(`• ${name}: ([\\d.]+)`).exec(result.output)?.[1])
    assert.equal(figure('Content length'), story.length)
    // Both are rounded where they are printed.
    const seconds = figure('Total time')
    assert.ok(Math.abs(figure('Chars per second') * seconds - story.length) < story.length * (0.006 / seconds) + 1)
    assert.equal(figure('Prompt tokens') + figure('Completion tokens'), figure('Total tokens'))
  })

  it('earlier turns and the temperature go along', () => {
    const sent = upstream.requests.slice(1, 4).map(({ body }) => body as Sent)
    assert.deepEqual(
      sent.map(({ temperature }) => temperature),
      [0.3, 0.5, 0.9],
    )
    assert.deepEqual(
      sent[2]?.messages.map(({ role }) => role),
      ['user', 'assistant', 'user', 'assistant', 'user'],
    )
    assert.equal(sent[2]?.messages[1]?.content, script[1]?.[1])
  })

  it('the interruption reached the server before its answer was over', async () => {
    const [, , , , stopped] = upstream.requests
    assert.ok(stopped)
    await upstream.connectionClosed(stopped.connection)
    const whole = counting.split(' ').length * chunk({ content: 'number1 ' }).length
    assert.ok(stopped.bytesAccepted < whole / 2, `${stopped.bytesAccepted} of ${whole} bytes`)
  })

  it('a key that is refused is an error with advice, and no success is claimed', async () => {
    refuses = true
    const { exitCode, output } = await run('streaming-openai', {
      DAPR_HTTP_ENDPOINT: sidecar.http,
      OPENAI_API_KEY: key,
    })
    refuses = false
    assert.equal(exitCode, 1)
    assertInOrder(output, [
      '❌ OpenAI conversation error: ',
      "💡 Check the key in the component's metadata",
      '❌ Error in turn 1: ',
      '❌ Error in turn 3: ',
      '❌ 3 of 4 sections failed\n',
    ])
    assert.doesNotMatch(output, /🎉|✅ (?:OpenAI|All|Interactive)/)
  })
})

interface Sent {
  readonly temperature: number
  readonly messages: readonly { readonly role: string; readonly content: string }[]
}

/** An answer of the scripted model, word by word with a pause after each. */
async function* spoken(answer: string): AsyncGenerator<string> {
  const words = answer.split(/(?<= )/)
  for (const content of words) {
    yield chunk({ content })
    await pause(10)
  }
  yield finish('stop') + usage(19, words.length) + done
}

describe('without a key for OpenAI', () => {
  it('gives three hints, and ends with 2', async () => {
    const { exitCode, output } = await run('streaming-openai', {})
    assert.equal(exitCode, 2)
    assertInOrder(output, ['❌ Please set OPENAI_API_KEY', '💡 Create a .env file', '🔄 Alternatively'])
  })

  it('says that the sidecar needs the key too, and tries nothing else', async () => {
    await using sidecar = await startSidecar([], { resourcesPaths: [components] })
    const { exitCode, output } = await run('streaming-openai', {
      DAPR_HTTP_ENDPOINT: sidecar.http,
      OPENAI_API_KEY: key,
    })
    assert.equal(exitCode, 1)
    assertInOrder(output, [
      '❌ OpenAI conversation error: failed finding conversation component openai\n',
      '💡 The sidecar has these conversation components: echo.\n',
      '💡 Make sure the sidecar was started where OPENAI_API_KEY is set',
      '❌ 1 of 4 sections failed\n',
    ])
  })
})

it('the folder of this test is the one that the commands of the page name', () => {
  const named = page.command('npm run dapr:dev').at(-1) ?? ''
  assert.equal(join(repositoryRoot, named), components)
})
