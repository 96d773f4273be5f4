/** `serve` under the flags of daprd: what they promise is looked for in what the running sidecar does. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { folder, run, start, startSidecar } from './command.ts'

describe('dapr-chat serve, with the flags of daprd', () => {
  it('names the flags that have no effect in one line', async () => {
    await using sidecar = await startSidecar([
      '--placement-host-address=localhost:50005',
      '-profile-port',
      '7777',
      '--enable-mtls=false',
    ])
    const lines = sidecar.command.stderr.split('\n').filter((line) => line.includes('ignored'))
    assert.equal(lines.length, 1)
    const { level, msg } = JSON.parse(lines[0] ?? '') as { level: string; msg: string }
    assert.equal(level, 'info')
    assert.match(msg, /--placement-host-address --profile-port --enable-mtls$/)
  })

  it('says nothing where all flags have an effect', async () => {
    await using sidecar = await startSidecar(['--app-id', 'x'])
    assert.doesNotMatch(sidecar.command.stderr, /ignored/)
  })

  it('tells in its metadata how the app is reached', async () => {
    await using sidecar = await startSidecar(['-a', 'my-app', '-p', '3000', '--app-protocol', 'grpc'])
    const metadata = (await (await fetch(`${sidecar.addresses.http}/v1.0/metadata`)).json()) as Record<string, unknown>
    assert.equal(metadata.id, 'my-app')
    assert.deepEqual(metadata.appConnectionProperties, {
      port: 3000,
      protocol: 'grpc',
      channelAddress: '127.0.0.1',
    })
  })

  it('opens no metrics port where metrics are off', async () => {
    await using sidecar = await startSidecar(['--enable-metrics=false'])
    assert.equal(sidecar.addresses.metrics, '')
    assert.equal((await fetch(`${sidecar.addresses.http}/v1.0/healthz`)).status, 204)
  })

  it('listens on sockets instead of on ports', { skip: process.platform === 'win32' }, async () => {
    await using place = await folder()
    await using sidecar = await startSidecar(['-a', 'my-app', '-u', place.path])
    const path = join(place.path, 'dapr-my-app-http.socket')
    assert.equal(sidecar.addresses.http, `unix:${path}`)
    assert.equal(sidecar.addresses.grpc, `unix:${join(place.path, 'dapr-my-app-grpc.socket')}`)
    const [response] = await once(request({ socketPath: path, path: '/v1.0/healthz' }).end(), 'response')
    assert.equal(response.statusCode, 204)
    response.resume()
  })

  it('goes on as before for --dapr-block-shutdown-duration', async () => {
    await using sidecar = await startSidecar(['--dapr-block-shutdown-duration', '500ms'])
    sidecar.command.process.kill('SIGTERM')
    await sidecar.command.until('stderr', /shutting down in 0\.5 seconds/)
    assert.equal((await fetch(`${sidecar.addresses.http}/v1.0/healthz`)).status, 204)
    assert.equal(await sidecar.command.exit, 0)
  })

  it('waits with --wait until another sidecar is ready', async () => {
    await using sidecar = await startSidecar([])
    const { port } = new URL(sidecar.addresses.http)
    assert.deepEqual(await run(['--wait', '--dapr-http-port', port]), { code: 0, stdout: '', stderr: '' })
  })

  it('refuses a header set beyond --read-buffer-size and a body beyond --max-body-size', async () => {
    await using sidecar = await startSidecar(['--read-buffer-size', '2Ki', '--max-body-size', '1k'])
    const { http } = sidecar.addresses
    assert.equal((await fetch(`${http}/v1.0/healthz`, { headers: { long: 'x'.repeat(4096) } })).status, 431)
    const answer = await fetch(`${http}/v1.0-alpha2/conversation/echo/converse`, {
      method: 'POST',
      body: 'x'.repeat(1001),
    })
    assert.deepEqual(await answer.json(), {
      errorCode: 'ERR_BODY_READ',
      message: 'failed to read request body: stream too large',
    })
  })

  it('refuses the port of the app for itself', async () => {
    const { code, stderr } = await run(['--dapr-http-port', '4567', '--app-port', '4567'])
    assert.equal(code, 2)
    assert.match(stderr, /--dapr-http-port and --app-port must differ: both are 4567/)
  })

  it('prints the banner of a sidecar on sockets', { skip: process.platform === 'win32' }, async () => {
    await using place = await folder()
    await using sidecar = start(['--enable-metrics=false', '-u', place.path])
    await sidecar.until('stdout', /Ctrl-C stops the sidecar/)
    assert.match(sidecar.stdout, /HTTP +unix:.*dapr-dapr-chat-http\.socket/)
    assert.match(sidecar.stdout, /Metrics +off/)
  })
})
