import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { echoYaml, folder, run, start, startSidecar } from './command.ts'

const ports = ['--dapr-http-port=0', '--dapr-grpc-port=0', '--metrics-port=0']
const question = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'one two three four' }] } }] }] }

function converse(http: string, component: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${http}/v1.0-alpha2/conversation/${component}/converse`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(question),
  })
}

describe('dapr-chat serve', () => {
  it('is ready when it says so, on every port, in exactly one line', async () => {
    await using place = await folder({ 'components/echo.yaml': echoYaml('echo') })
    await using sidecar = await startSidecar([], { cwd: place.path })
    const { http, grpc, metrics } = sidecar.addresses
    assert.equal((await fetch(`${http}/v1.0/healthz`)).status, 204)
    assert.equal((await fetch(`${metrics}/metrics`)).status, 200)
    const { hostname, port } = new URL(`tcp://${grpc}`)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.destroy()
    const answer = (await (await converse(http, 'echo')).json()) as { outputs: unknown }
    assert.match(JSON.stringify(answer), /one two three four/)
    assert.equal(sidecar.command.stdout.match(/"msg":"ready"/g)?.length, 1)
  })

  it('has echo where there are no components, and nobody named a folder', async () => {
    await using empty = await folder()
    await using sidecar = await startSidecar([], { cwd: empty.path })
    assert.equal((await converse(sidecar.addresses.http, 'echo')).status, 200)
  })

  it('answers on all loopback addresses of the machine', async () => {
    await using sidecar = await startSidecar([])
    const { http, grpc } = sidecar.addresses
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? [])
    for (const host of ['127.0.0.1', ...(addresses.includes('::1') ? ['::1'] : [])]) {
      for (const address of [http, `tcp://${grpc}`]) {
        const socket = connect(Number(new URL(address).port), host)
        await once(socket, 'connect')
        socket.destroy()
      }
    }
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends with 0 on ${signal}`, async () => {
      await using sidecar = await startSidecar([])
      sidecar.command.process.kill(signal)
      assert.equal(await sidecar.command.exit, 0)
    })
  }

  it('ends with 0 when it is asked to shut down', async () => {
    await using sidecar = await startSidecar([])
    assert.equal((await fetch(`${sidecar.addresses.http}/v1.0/shutdown`, { method: 'POST' })).status, 204)
    assert.equal(await sidecar.command.exit, 0)
  })

  it('lets a running answer end, and says that it waits', async () => {
    await using place = await folder({ 'slow.yaml': echoYaml('slow', '150ms') })
    await using sidecar = await startSidecar(['--resources-path', place.path])
    const answer = await converse(sidecar.addresses.http, 'slow', { accept: 'text/event-stream' })
    sidecar.command.process.kill('SIGINT')
    await sidecar.command.until('stderr', /^\{.*"msg":"draining 1 request, Ctrl-C again to force"\}$/m)
    assert.match(await answer.text(), /four[\s\S]*data: \[DONE\]/)
    assert.equal(await sidecar.command.exit, 0)
  })

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`does not wait after a second ${signal}: ${code}`, async () => {
      await using place = await folder({ 'slow.yaml': echoYaml('slow', '10s') })
      await using sidecar = await startSidecar(['--resources-path', place.path, '--dapr-graceful-shutdown-seconds=60'])
      const answer = await converse(sidecar.addresses.http, 'slow', { accept: 'text/event-stream' })
      sidecar.command.process.kill(signal)
      await sidecar.command.until('stderr', /draining 1 request/)
      // What comes at once is the same key press, passed on by npm.
      sidecar.command.process.kill(signal)
      await pause(500)
      assert.equal(sidecar.command.process.exitCode, null)
      sidecar.command.process.kill(signal)
      assert.equal(await sidecar.command.exit, code)
      await assert.rejects(answer.text())
    })
  }

  it('refuses a busy port with its number, its flag and its holder, and exits with 3', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as AddressInfo
    const { code, stdout, stderr } = await run(['serve', ...ports, `--dapr-http-port=${port}`])
    holder.close()
    assert.equal(code, 3)
    assert.equal(stdout, '')
    assert.match(stderr, new RegExp(`port ${port} must be free.*--dapr-http-port`))
    if (process.platform === 'linux') assert.match(stderr, new RegExp(`node \\(pid ${process.pid}\\)`))
  })

  it('says where a sidecar runs that has all the ports', { skip: process.platform !== 'linux' }, async () => {
    await using place = await folder({ 'echo.yaml': echoYaml('echo') })
    await using sidecar = await startSidecar(['--resources-path', place.path])
    const { http, grpc, metrics } = sidecar.addresses
    const [httpPort = '', grpcPort = '', metricsPort = ''] = [http, `tcp://${grpc}`, metrics].map(
      (address) => new URL(address).port,
    )
    const taken = ['serve', `--dapr-http-port=${httpPort}`, `--dapr-grpc-port=${grpcPort}`]
    const { code, stdout, stderr } = await run([...taken, `--metrics-port=${metricsPort}`])
    assert.deepEqual([code, stdout], [3, ''])
    assert.equal(
      stderr,
      `dapr-chat: Cannot start: a sidecar is running already at http://127.0.0.1:${httpPort} (pid ${sidecar.command.process.pid})\nAsk it with DAPR_HTTP_PORT=${httpPort} npx dapr-chat ask "Tell me a story", stop it, or choose other ports with --dapr-http-port, --dapr-grpc-port, --metrics-port.\n`,
    )
    // Where one port is free, it may be another one's.
    assert.match((await run([...taken, '--metrics-port=0'])).stderr, /these ports must be free.*\n.*dapr-chat \(pid/)
  })

  it('prints the banner with what it loaded, and never a value of .env', async () => {
    const openai = echoYaml('openai').replace('conversation.echo', 'conversation.openai')
    await using place = await folder({
      '.env': 'SOME_KEY=sk-very-secret\n',
      'components/echo.yaml': echoYaml('echo'),
      'components/openai.yaml': `${openai}  metadata: [{ name: key, value: "\${NO_SUCH_KEY}" }]\n`,
    })
    await using sidecar = start(['serve', ...ports, '--log-level=debug'], { cwd: place.path })
    await sidecar.until('stdout', /Ctrl-C stops the sidecar/)
    assert.match(sidecar.stdout, /echo +conversation\.echo +ready/)
    assert.match(sidecar.stdout, /openai +conversation\.openai +skipped, see above/)
    assert.match(sidecar.stdout, /Loaded 1 variable from \.env/)
    assert.match(sidecar.stdout, /DAPR_HTTP_PORT=\d+ npx dapr-chat ask "Tell me a story"/)
    const output = sidecar.stdout + sidecar.stderr
    assert.doesNotMatch(output, /sk-very-secret/)
    assert.ok(!output.includes('\u001b['))
  })

  it('asks for the token of the environment', async () => {
    await using place = await folder({ '.env': 'DAPR_API_TOKEN=right\n', 'components/echo.yaml': echoYaml('echo') })
    await using sidecar = await startSidecar([], { cwd: place.path })
    assert.equal((await converse(sidecar.addresses.http, 'echo')).status, 401)
    assert.equal((await converse(sidecar.addresses.http, 'echo', { 'dapr-api-token': 'right' })).status, 200)
  })
})
