/** Every example runs as a reader would run it: in a process of its own, here against a sidecar of this test. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { echoComponent, type RunningSidecar, startSidecar } from '@dapr-chat/sidecar/testing'
import { assertInOrder, runExample } from './run-example.ts'

let sidecar: RunningSidecar
let folder: string

before(async () => {
  sidecar = await startSidecar([echoComponent])
  folder = await mkdtemp(join(tmpdir(), 'examples-'))
})

after(async () => {
  await sidecar[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

function run(name: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  return runExample(name, args, { env: { DAPR_HTTP_ENDPOINT: sidecar.http, ...env } })
}

/** The example ends well, and prints these in this order. */
async function prints(name: string, sections: readonly string[], args: readonly string[] = []): Promise<void> {
  const { exitCode, output } = await run(name, args)
  assert.equal(exitCode, 0, output)
  assertInOrder(output, sections)
}

test('generate prints the answer, its figures, and the components where one is unknown', () =>
  prints('generate', [
    '🤖 Hello, how are you?\n',
    'Content length: 19 characters',
    'Total tokens: 8',
    'there are: echo\n',
  ]))

test('stream prints chunks, events and typing', () =>
  prints('stream', [
    '🌊 Chunks\nTell me a story about a brave knight.\n',
    'native stream, ',
    '🌊 Events\n',
    '"And"\n',
    '8 tokens\n',
    'finished: stop\n',
    '🌊 As if it were typed\nThey became friends.\n',
  ]))

test('multi-turn sends what was said before, and leaves out what does not fit', () =>
  prints('multi-turn', [
    "👤 What's machine learning?\n🤖 What's machine learning?\n",
    "👤 Can you give me an example?\n🤖 What's machine learning?\nWhat's machine learning?\nCan you give me an example?\n",
    '   4 messages\n',
    '0 earlier turns sent, 0 left out',
    'My name is Alice.\nYou are brief.',
    '1 earlier turns sent, 0 left out',
    '👤 What is my name?\n🤖 You are brief.\n',
    '1 earlier turns sent, 1 left out',
  ]))

test('structured-output prints values, parts of values, and what does not fit', () =>
  prints('structured-output', [
    '🐕 Rex is 3 and will be 4\n',
    '✅ It says yes\n',
    '🌊 While it arrives\n',
    '{"name":"Bella the Brave","age":5,"breed":null}\n',
    '⚠️ No dog after 2 attempts: ',
  ]))

test('interruption stops in four ways, and keeps what had arrived', async () => {
  const five = 'with "word1 word2 word3 word4 word5'
  await prints('interruption', [
    `🛑 break: no error, ${five}`,
    `🛑 cancel(): aborted, ${five}`,
    `🛑 AbortSignal: aborted, ${five}`,
    '🛑 await using: aborted\n',
  ])
  assert.doesNotMatch((await run('interruption')).output, /word200/)
})

test('images shows what becomes of a picture', () =>
  prints('images', ['🖼️ echo: Which colour is this?\n', '🖼️ rules: ', 'the provider takes no image, only: text\n']))

test('conversation-store goes on where it stopped, and forgets', async () => {
  const args = ['--folder', folder, '--session-id', 'test']
  await prints('conversation-store', ['💾 test has 0 messages\n', '🤖 My name is Alice.\n', 'now it has 2'], args)
  await prints('conversation-store', ['💾 test has 2 messages\n', '🤖 My name is Alice.\n', 'now it has 4'], args)
  await prints('conversation-store', ['🧹 test is forgotten\n'], [...args, '--forget'])
  await prints('conversation-store', ['💾 test has 0 messages\n'], args)
})

test('ai-sdk generates and streams', () =>
  prints('ai-sdk', ['🤖 Hello from the AI SDK. (10 tokens)\n', '🌊 And now word by word.\n', 'finished: stop\n']))

test('langchain answers alone and in a chain', () =>
  prints('langchain', ['🤖 Hello from LangChain. (6 tokens)\n', '🌊 You are brief.\nTell me about dragons.\n']))

for (const name of ['generate', 'stream', 'multi-turn', 'conversation-store', 'ai-sdk', 'langchain']) {
  test(`${name} fails where no sidecar answers`, async () => {
    const args = name === 'conversation-store' ? ['--folder', folder] : []
    const { exitCode, output } = await run(name, args, { DAPR_HTTP_ENDPOINT: 'http://127.0.0.1:1' })
    assert.equal(exitCode, 1, output)
    assert.match(output, /127\.0\.0\.1:1/)
  })
}

test('every example has its command and its line in the list', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly scripts: Record<string, string> }
  const list = await readFile('examples/README.md', 'utf8')
  const names = Object.keys(scripts).filter((name) => name.startsWith('example:'))
  assert.ok(names.length >= 15, `${names.length}`)
  for (const name of names) {
    const [, file = ''] = /^node (\S+\.ts)$/.exec(scripts[name] ?? '') ?? []
    await readFile(file)
    assert.match(list, new RegExp(`\\| \`npm run ${name}\` +\\|`))
  }
})
