import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { run } from './command.ts'
import { keys, noScreen, startOnScreen } from './screen.ts'
import { type AskedBody, startScripted } from './upstream.ts'

describe('dapr-chat ask, of a scripted provider', () => {
  let scripted: Awaited<ReturnType<typeof startScripted>>
  before(async () => {
    scripted = await startScripted()
  })
  after(() => scripted[Symbol.asyncDispose]())

  const ask = (...args: string[]) => run(['ask', ...args], { env: scripted.env, cwd: scripted.path })
  const asked = () => scripted.provider.requests.at(-1)?.body as AskedBody

  it('sends the model, the options and an image', async () => {
    const flags = ['-m', 'gpt/m2', '-o', 'temperature', '0.5', '-o', 'parameters.top_p=0.1', '--image', 'picture.png']
    const { code, stdout } = await ask(...flags, 'look')
    assert.equal(code, 0)
    assert.match(stdout, /^You said /)
    const { model, temperature, top_p: topP, messages } = asked()
    assert.deepEqual({ model, temperature, topP }, { model: 'm2', temperature: 0.5, topP: 0.1 })
    assert.match(JSON.stringify(messages), /"look".*"data:image\/png;base64,/)
    await ask('--model', 'gpt', '--image', 'https://example.com/a.png', 'look')
    assert.match(JSON.stringify(asked().messages), /https:\/\/example\.com\/a\.png/)
  })

  it('refuses what cannot be sent, with 2 and before anything is asked', async () => {
    const before = scripted.provider.requests.length
    const rows = [
      [['--image', 'nosuch.png'], /Cannot read image "nosuch\.png": .*there is no such file/],
      [['--image', 'tools.ts'], /it must be a PNG, JPEG, GIF or WebP/],
      [['--tools', 'nosuch.ts'], /Cannot use tools of "nosuch\.ts"/],
      [['-o', 'temprature', '1'], /Unknown option "temprature": did you mean temperature\?/],
      [['-o', 'max_tokens', 'many'], /Cannot set max_tokens: .*current value is "many"/],
      [['--schema', 'tools.ts'], /Cannot use the schema of "tools\.ts"/],
      [['--json', '--jsonl'], /current flags are --json and --jsonl/],
      [['--cid', '../x'], /Cannot use the name of a conversation/],
    ] as const
    for (const [flags, message] of rows) {
      const { code, stdout, stderr } = await ask('-m', 'gpt', ...flags, 'hello')
      assert.match(stderr, message)
      assert.deepEqual({ code, stdout }, { code: 2, stdout: '' })
    }
    assert.equal(scripted.provider.requests.length, before)
  })

  it('runs the tools of a module and of a JSON file, and tells of them on stderr', async () => {
    const first = await ask('-m', 'gpt', '--tools', 'tools.ts', 'call weather {"city":"Paris"}')
    assert.equal(first.stdout, 'Let me see.\nIt says: sunny in Paris\n')
    assert.match(first.stderr, /^tool weather\({"city":"Paris"}\)\n {2}weather returned sunny in Paris \(\d+ ms\)\n$/)
    const second = await ask('-m', 'gpt', '--tools', 'tools.json', '-q', 'call upper {"text":"abc"}')
    assert.deepEqual(second, { code: 0, stdout: 'Let me see.\nIt says: ABC\n', stderr: '' })
  })

  it('does not run a tool that needs approval where nobody can be asked', async () => {
    const { stdout } = await ask('-m', 'gpt', '--tools', 'tools.ts', 'call remove {}')
    assert.match(stdout, /It says: Error: the tool needs approval, and there is no terminal to ask on/)
  })

  it('asks for approval on a terminal, below the call', { skip: noScreen }, async () => {
    for (const [answer, outcome] of [
      ['y', /\n {2}remove returned removed .*\nIt says: removed\n/],
      ['', /\n {2}remove failed: Error: the user did not allow it .*\n/],
    ] as const) {
      await using terminal = startOnScreen(['ask', '-m', 'gpt', '--tools', 'tools.ts', 'call remove {"a":1}'], {
        env: { ...scripted.env, DAPR_CHAT_NOHISTORY: '1' },
        cwd: scripted.path,
      })
      await terminal.until(/Let me see\.\ntool remove\({"a":1}\)\nRun remove\({"a":1}\)\? .* $/)
      terminal.type(answer + keys.enter)
      await terminal.until(outcome)
      assert.equal(await terminal.exit, 0)
    }
  })

  it('prints a line of JSON for each event with --jsonl', async () => {
    const { code, stdout } = await ask(
      '-m',
      'gpt',
      '--tools',
      'tools.ts',
      '--jsonl',
      '-q',
      'call weather {"city":"Rome"}',
    )
    assert.equal(code, 0)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(lines[0], { type: 'start', version: 1, component: 'gpt', streaming: 'native' })
    assert.deepEqual(
      lines.map(({ type }) => type),
      ['start', 'delta', 'tool_call', 'tool_result', 'usage', 'delta', 'delta', 'usage', 'end'],
    )
    assert.equal(lines[2].arguments, '{"city":"Rome"}')
    assert.equal(lines[3].content, 'sunny in Rome')
    assert.equal(lines.at(-1).finish_reason, 'stop')
  })

  it('exits with 6 for an answer that a filter cut, and with 124 after a timeout', async () => {
    const filtered = await ask('-m', 'gpt', 'filter')
    assert.deepEqual({ code: filtered.code, stdout: filtered.stdout }, { code: 6, stdout: 'I will\n' })
    assert.match(filtered.stderr, /cut by a content filter/)
    const late = await ask('-m', 'gpt', '-o', 'timeout_ms', '300', '--jsonl', 'stall')
    assert.equal(late.code, 124)
    const last = JSON.parse(late.stdout.trimEnd().split('\n').at(-1) ?? '')
    assert.deepEqual([last.type, last.code, last.exit_code], ['error', 'timeout', 124])
  })

  it('prints the value that a schema asks for, and exits with 1 where there is none', async () => {
    await writeFile(join(scripted.path, 'schema.json'), '{"type":"object","properties":{"a":{"type":"number"}}}')
    const good = await ask('-m', 'echo', '--schema', 'schema.json', '{"a":1}')
    assert.deepEqual(good, { code: 0, stdout: '{\n  "a": 1\n}\n', stderr: '' })
    const whole = await ask('-m', 'echo', '--schema', 'schema.json', '--json', '{"a":2}')
    assert.deepEqual(JSON.parse(whole.stdout).output, { a: 2 })
    const bad = await ask('-m', 'echo', '--schema', 'schema.json', 'no JSON')
    assert.deepEqual([bad.code, bad.stdout], [1, ''])
    assert.match(bad.stderr, /the answer must be a JSON object/)
  })

  it('prints the first block of code with --extract', async () => {
    const { stdout } = await ask('-m', 'echo', '-x', 'Here:\n```js\nlet a = 1\n```\nand\n```\nb\n```')
    assert.equal(stdout, 'let a = 1\n')
  })

  it('tells tokens and times with --usage where there is no terminal', async () => {
    const { stderr } = await ask('-m', 'echo', '-u', '-q', 'hello there')
    assert.match(stderr, /^echo · 2 in \/ 2 out · first \d+ ms.* · \$0\n$/)
  })

  it('goes on in the conversation of a name, and in the last one', async () => {
    assert.equal((await ask('-m', 'echo', '--continue', 'x')).code, 2)
    await ask('-m', 'echo', '--cid', 'work', 'one')
    assert.equal((await ask('-m', 'echo', '--cid', 'work', 'two')).stdout, 'one\none\ntwo\n')
    assert.match((await ask('-m', 'echo', '-c', 'three')).stdout, /one\none\ntwo\none\none\ntwo\nthree\n$/)
    await ask('-m', 'echo', 'kept by nobody, because a script asks')
    assert.deepEqual(await readdir(join(scripted.path, 'state/dapr-chat/conversations')), ['work.jsonl'])
    assert.equal((await ask('-m', 'echo', '-c', '--cid', 'work', 'x')).code, 2)
  })

  // The last one: the breaker stays open.
  it('exits with 5 while a circuit breaker is open', async () => {
    // The first try opens it, the client's next one meets it.
    const { code, stderr } = await ask('-m', 'gpt', 'fail')
    assert.match(stderr, /circuit breaker is open[\s\S]*It can be asked again in \d+ s\./)
    assert.equal(code, 5)
  })
})
