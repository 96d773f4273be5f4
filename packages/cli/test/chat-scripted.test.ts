import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { run } from './command.ts'
import { keys, noScreen, type Screen, startOnScreen } from './screen.ts'
import { type AskedBody, startScripted } from './upstream.ts'

describe('dapr-chat chat, with a scripted provider', () => {
  let scripted: Awaited<ReturnType<typeof startScripted>>
  before(async () => {
    scripted = await startScripted()
  })
  after(() => scripted[Symbol.asyncDispose]())

  const said = (at: number) => {
    const body = scripted.provider.requests.at(at)?.body as AskedBody | undefined
    return body?.messages.map(({ role, content }) => `${role}: ${content}`)
  }

  async function chat(...args: string[]): Promise<Screen> {
    const screen = startOnScreen(['chat', '-m', 'gpt', ...args], { env: scripted.env, cwd: scripted.path })
    await screen.until(/gpt> $/)
    return screen
  }

  it('obeys the commands of a pipe', async () => {
    const lines = [
      '/system Be brief.',
      '/set temperature 0.5',
      '/model m2',
      'one\\',
      'two',
      '/retry',
      '/image picture.png',
      '/image nosuch.png',
      '"""',
      '/etc is',
      'a folder"""',
      '/etc/hosts is a file',
      '/set temperature',
      '/system off',
      '/model off',
      '/clear',
      'last',
      '/usage',
      '/json',
      '/quit',
    ]
    const { code, stdout, stderr } = await run(['chat', '-m', 'gpt'], {
      env: scripted.env,
      cwd: scripted.path,
      input: lines.join('\n'),
    })
    assert.equal(code, 0)
    const [first, again, picture, file, last] = scripted.provider.requests
      .slice(-5)
      .map(({ body }) => body as AskedBody)
    assert.deepEqual([first?.model, first?.temperature], ['m2', 0.5])
    assert.deepEqual(said(-5), ['system: Be brief.', 'user: one\ntwo'])
    assert.deepEqual(again, first, 'the answer that is replaced is not sent')
    assert.equal(picture?.messages.length, 4)
    assert.match(JSON.stringify(picture?.messages.at(-1)), /"\/etc is\\na folder".*data:image\/png;base64/)
    assert.equal(file?.messages.at(-1)?.content, '/etc/hosts is a file', 'the image goes with one question only')
    assert.deepEqual([last?.model, last?.temperature], ['m1', undefined])
    assert.deepEqual(said(-1), ['user: last'])
    assert.match(
      stdout,
      /^You said one\ntwo\nYou said one\ntwo\nYou said .*\nYou said \/etc\/hosts is a file\nYou said last\n\{/,
    )
    assert.equal(JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1)).choices[0].message.content, 'You said last')
    assert.match(stderr, /Cannot read image "nosuch\.png"/)
    assert.match(stderr, /This conversation: 1 turn, 3 in \/ 2 out\.\ngpt · 3 in \/ 2 out/)
    assert.match(stderr, /Unknown command \/quit/)
  })

  it('closes the connection to the provider on Ctrl-C', { skip: noScreen }, async () => {
    await using screen = await chat()
    const before = scripted.provider.requests.length
    screen.type(`stall${keys.enter}`)
    const { connection } = await scripted.provider.requestArrived(before)
    await screen.until(/waiting for gpt/)
    screen.type(keys.ctrlC)
    await screen.until(/\[stopped\]\n.*gpt> $/)
    await scripted.provider.connectionClosed(connection)
    screen.type(`hello${keys.enter}`)
    await screen.until(/You said hello\ngpt · .*\n.*gpt> $/)
    assert.deepEqual(said(-1), ['user: hello'], 'a question without any answer is no turn')
  })

  it('asks for approval once for all where the user says so', { skip: noScreen }, async () => {
    await using screen = await chat('--tools', 'tools.ts')
    screen.type(`call remove {"a":1}${keys.enter}`)
    await screen.until(/Let me see\.\ntool remove\({"a":1}\)\nRun remove\({"a":1}\)\? \[y\]es, \[a\]lways, \[N\]o $/)
    screen.type(`a${keys.enter}`)
    await screen.until(/remove returned removed .*\nIt says: removed\n.*\n.*gpt> $/)
    screen.type(`call remove {"a":2}${keys.enter}`)
    assert.doesNotMatch(await screen.until(/It says: removed\n.*\n.*gpt> $/), /Run remove/)
  })

  // The last one: the circuit breaker stays open.
  it('shows a failure and goes on, on a terminal; ends with its code from a pipe', { skip: noScreen }, async () => {
    await using screen = await chat()
    screen.type(`fail${keys.enter}`)
    await screen.until(/Error: .*circuit breaker is open.*\n[\s\S]*It can be asked again in \d+ s\.\n.*gpt> $/)
    screen.type(keys.ctrlD)
    assert.equal(await screen.exit, 0)
    const { code } = await run(['chat', '-m', 'gpt'], { env: scripted.env, input: 'hello\nnever asked\n' })
    assert.equal(code, 5)
  })
})
