import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { isPortFree } from '../src/serving/ports.ts'
import { echoYaml, folder, run, start, startSidecar } from './command.ts'

/** A component that is skipped, as its key is not there. */
const keyless = `${echoYaml('openai').replace('conversation.echo', 'conversation.openai')}  metadata: [{ name: key, value: "\${NO_SUCH_KEY}" }]\n`

describe('dapr-chat ask', () => {
  let place: Awaited<ReturnType<typeof folder>>
  let sidecar: Awaited<ReturnType<typeof startSidecar>>
  let env: Readonly<Record<string, string>>
  before(async () => {
    place = await folder({
      'echo.yaml': echoYaml('echo'),
      'slow.yaml': echoYaml('slow', '80ms'),
      'openai.yaml': keyless,
    })
    sidecar = await startSidecar(['--resources-path', place.path])
    env = { DAPR_HTTP_ENDPOINT: sidecar.addresses.http }
  })
  after(async () => {
    await sidecar[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  it('prints the answer on stdout and nothing else anywhere', async () => {
    const { code, stdout, stderr } = await run(['ask', '-m', 'echo', 'Tell', 'me', 'a story'], { env })
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'Tell me a story\n', stderr: '' })
  })

  it('prints the answer as it arrives', async () => {
    await using command = start(['ask', '--component=slow', 'one two three four five six seven eight'], { env })
    await command.until('stdout', /^one/)
    assert.doesNotMatch(command.stdout, /eight/)
    assert.equal(await command.exit, 0)
    assert.equal(command.stdout, 'one two three four five six seven eight\n')
  })

  it('prints the whole answer with --no-stream', async () => {
    const { code, stdout } = await run(['ask', '-m', 'slow', '--no-stream', 'one two'], { env })
    assert.deepEqual({ code, stdout }, { code: 0, stdout: 'one two\n' })
  })

  it('sends the system text before the prompt, and text on stdin in front of it', async () => {
    const { stdout } = await run(['ask', '-m', 'echo', '-s', 'Be brief.', 'Sum up'], { env, input: 'some text\n' })
    assert.equal(stdout, 'Be brief.\nsome text\n\nSum up\n')
  })

  it('prints one JSON object with --json', async () => {
    const { code, stdout } = await run(['ask', '-m', 'echo', '--json', 'hello there'], { env })
    assert.equal(code, 0)
    const answer = JSON.parse(stdout)
    assert.equal(answer.choices[0].message.content, 'hello there')
    assert.equal(answer.choices[0].finish_reason, 'stop')
    assert.equal(answer.usage.total_tokens, 4)
    assert.equal(answer.component, 'echo')
    assert.equal(answer.streaming, 'native')
    assert.equal(typeof answer.timings.first_ms, 'number')
  })

  it('does not guess between two components', async () => {
    const { code, stdout, stderr } = await run(['ask', 'hello'], { env })
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' })
    assert.match(stderr, /--component must name one of echo, slow\n/)
    // The line can be pasted: what was said about the sidecar and the question is in it.
    const pasted = `For example: DAPR_HTTP_ENDPOINT=${env.DAPR_HTTP_ENDPOINT} npx dapr-chat ask -m echo`
    assert.ok(stderr.endsWith(`${pasted} hello\n`), stderr)
    const quoted = await run(['ask', '--no-stream', "it's $HOME"], { env })
    assert.ok(quoted.stderr.endsWith(`${pasted} --no-stream 'it'\\''s $HOME'\n`), quoted.stderr)
    assert.equal(
      (await run(['ask', 'hello'], { env: { ...env, DAPR_LLM_COMPONENT_DEFAULT: 'echo' } })).stdout,
      'hello\n',
    )
  })

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`keeps what arrived and exits with ${code} on ${signal}`, async () => {
      await using command = start(['ask', '-m', 'slow', 'one two three four five six seven eight nine ten'], { env })
      await command.until('stdout', /two/)
      command.process.kill(signal)
      assert.equal(await command.exit, code)
      assert.match(command.stdout, /^one two[^\n]*\n$/)
      assert.doesNotMatch(command.stdout, /ten/)
      assert.equal(command.stderr, '')
    })
  }

  it('ends without a word when nobody reads on', async () => {
    await using command = start(['ask', '-m', 'slow', 'one two three four five six seven eight nine ten'], { env })
    await command.until('stdout', /one/)
    command.process.stdout?.destroy()
    assert.equal(await command.exit, 0)
    assert.equal(command.stderr, '')
  })

  it('exits with 3 where the address that was set does not answer', async () => {
    const { code, stderr } = await run(['ask', 'hello'], { env: { DAPR_HTTP_PORT: '1' } })
    assert.equal(code, 3)
    assert.match(stderr, /Cannot reach a sidecar at http:\/\/127\.0\.0\.1:1, where DAPR_HTTP_PORT points/)
  })

  it('exits with 2 where DAPR_HTTP_PORT is not a port, and asks for a number', async () => {
    for (const port of ['abc', '0', '70000']) {
      const { code, stderr } = await run(['ask', 'hello'], { env: { DAPR_HTTP_PORT: port } })
      assert.equal(code, 2)
      assert.match(stderr, new RegExp(`Cannot use DAPR_HTTP_PORT: it must be a number from 1 .* value is "${port}"`))
    }
  })

  it('exits with 3 where something else listens at the address that was set', async () => {
    for (const address of [sidecar.addresses.metrics, `tcp://${sidecar.addresses.grpc}`]) {
      const { port } = new URL(address)
      const { code, stdout, stderr } = await run(['ask', '-m', 'echo', 'hello'], { env: { DAPR_HTTP_PORT: port } })
      assert.deepEqual([code, stdout], [3, ''], stderr)
      assert.match(
        stderr,
        new RegExp(`at http://127\\.0\\.0\\.1:${port}, where DAPR_HTTP_PORT points: .* is no Dapr sidecar`),
      )
    }
  })

  it('tells why a component of a running sidecar was skipped, and exits with 4', async () => {
    for (const name of ['openai', 'openai/gpt-5']) {
      const { code, stdout, stderr } = await run(['ask', '-m', name, 'hello'], { env })
      assert.deepEqual([code, stdout], [4, ''])
      assert.match(stderr, /Cannot use component "openai": it was skipped: NO_SUCH_KEY is not set/)
    }
  })

  it('tells it with the token of the sidecar, and calls it unknown where the console is closed', async () => {
    const token = { DAPR_API_TOKEN: 'right' }
    const options = ['--resources-path', place.path]
    await using guarded = await startSidecar(options, { env: token })
    const first = await run(['ask', '-m', 'openai', 'hello'], {
      env: { DAPR_HTTP_ENDPOINT: guarded.addresses.http, ...token },
    })
    assert.deepEqual([first.code, /NO_SUCH_KEY is not set/.test(first.stderr)], [4, true], first.stderr)
    await using closed = await startSidecar([...options, '--enable-console=false'])
    const second = await run(['ask', '-m', 'openai', 'hello'], { env: { DAPR_HTTP_ENDPOINT: closed.addresses.http } })
    assert.equal(second.code, 2)
    assert.match(second.stderr, /Unknown component "openai": it must be one of echo, slow/)
  })

  it('exits with 4 where the token is not that of the sidecar', async () => {
    await using guarded = await startSidecar(['--resources-path', place.path], { env: { DAPR_API_TOKEN: 'right' } })
    const address = { DAPR_HTTP_ENDPOINT: guarded.addresses.http }
    const refused = await run(['ask', '-m', 'echo', 'hello'], { env: address })
    assert.equal(refused.code, 4)
    assert.match(refused.stderr, /DAPR_API_TOKEN/)
    const accepted = await run(['ask', '-m', 'echo', 'hello'], { env: { ...address, DAPR_API_TOKEN: 'right' } })
    assert.equal(accepted.stdout, 'hello\n')
  })
})

// What runs on Dapr's own port would be asked instead.
const skip = (await isPortFree(3500, '127.0.0.1')) ? false : 'port 3500 is in use'

describe('dapr-chat ask, with an embedded sidecar', { skip }, () => {
  it('answers with the built-in echo where there is no folder', async () => {
    await using place = await folder()
    const { code, stdout, stderr } = await run(['ask', 'Tell me a story'], { cwd: place.path })
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'Tell me a story\n', stderr: '' })
  })

  it('tells why a component was skipped, and exits with 4', async () => {
    await using place = await folder({ 'components/echo.yaml': echoYaml('echo'), 'components/openai.yaml': keyless })
    const { code, stderr } = await run(['ask', '-m', 'openai', 'hello'], { cwd: place.path })
    assert.equal(code, 4)
    assert.match(stderr, /Cannot use component "openai": it was skipped: NO_SUCH_KEY is not set/)
  })

  const failures: readonly (readonly [number, number, object])[] = [
    [4, 401, { error: { message: 'bad key', type: 'invalid_request_error', code: 'invalid_api_key' } }],
    [5, 429, { error: { message: 'slow down', type: 'rate_limit_error', code: 'rate_limit_exceeded' } }],
  ]
  for (const [code, status, body] of failures) {
    it(`exits with ${code} where the provider answers ${status}`, async () => {
      const provider: Server = createServer((_, response) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      }).listen(0, '127.0.0.1')
      await once(provider, 'listening')
      const { port } = provider.address() as AddressInfo
      const openai = echoYaml('openai').replace('conversation.echo', 'conversation.openai')
      const metadata = `[{ name: key, value: sk-1 }, { name: endpoint, value: "http://127.0.0.1:${port}/v1" }]`
      await using place = await folder({ 'components/openai.yaml': `${openai}  metadata: ${metadata}\n` })
      const result = await run(['ask', 'hello'], { cwd: place.path })
      provider.close()
      assert.equal(result.code, code, result.stderr)
      assert.equal(result.stdout, '')
      assert.doesNotMatch(result.stderr, /sk-1/)
    })
  }
})
