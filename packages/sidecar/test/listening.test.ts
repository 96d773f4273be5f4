/** Where a sidecar answers beside its ports: Unix sockets, and a metrics port that has an address of its own. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { callGrpc, send, startSidecar } from '../testing/index.ts'

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

async function statusOnSocket(socketPath: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const [response] = await once(request({ socketPath, path: '/v1.0/metadata', headers }).end(), 'response')
  response.resume()
  return response.statusCode
}

describe('Unix sockets', { skip: process.platform === 'win32' }, () => {
  test('carry both APIs, whatever the Host, and are gone in the end', async () => {
    await using folder = await temporaryFolder()
    const socket = join(folder.path, 'dapr-my-app-http.socket')
    {
      await using running = await startSidecar(undefined, { appId: 'my-app', unixSocketFolder: folder.path })
      assert.equal(running.http, `unix:${socket}`)
      assert.equal(await statusOnSocket(socket, { host: 'anything' }), 200)
      assert.equal((await callGrpc(running.grpc, 'GetMetadata')).code, 0)
    }
    assert.ok(!existsSync(socket))
  })

  test('ask for the token too', async () => {
    await using folder = await temporaryFolder()
    await using running = await startSidecar(undefined, { unixSocketFolder: folder.path, apiToken: 'right' })
    const socket = running.http.slice('unix:'.length)
    assert.equal(await statusOnSocket(socket), 401)
    assert.equal(await statusOnSocket(socket, { 'dapr-api-token': 'right' }), 200)
    assert.equal((await callGrpc(running.grpc, 'GetMetadata')).code, 16)
  })

  test('are not taken from a process that listens', async () => {
    await using folder = await temporaryFolder()
    await using _first = await startSidecar(undefined, { unixSocketFolder: folder.path })
    await assert.rejects(startSidecar(undefined, { unixSocketFolder: folder.path }), { code: 'EADDRINUSE' })
    assert.equal(await statusOnSocket(join(folder.path, 'dapr-dapr-chat-http.socket')), 200)
  })

  test('replace those that a killed process left behind', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'dapr-dapr-chat-http.socket')
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    await once(spawn(process.execPath, ['-e', script]), 'close')
    assert.ok(existsSync(path))
    await using _running = await startSidecar(undefined, { unixSocketFolder: folder.path })
    assert.equal(await statusOnSocket(path), 200)
  })

  test('do not replace a file that is no socket', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'dapr-dapr-chat-http.socket')
    await writeFile(path, 'precious')
    await assert.rejects(startSidecar(undefined, { unixSocketFolder: folder.path }), { code: 'EADDRINUSE' })
    assert.ok(existsSync(path))
  })
})

test('metrics stay on loopback where the APIs do not, unless their address says otherwise', async () => {
  const wide = { listenAddresses: ['0.0.0.0'], apiToken: 'right' }
  await using running = await startSidecar(undefined, wide)
  assert.match(running.metrics, /^http:\/\/127\.0\.0\.1:/)
  await using opened = await startSidecar(undefined, { metricsListenAddress: '0.0.0.0' })
  assert.match(opened.metrics, /^http:\/\/0\.0\.0\.0:/)
  assert.equal((await send(opened.metrics.replace('0.0.0.0', '127.0.0.1'), '/metrics')).status, 200)
})

test('a port that is taken leaves nothing open', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  assert.ok(typeof address === 'object' && address !== null)
  await assert.rejects(startSidecar(undefined, { metricsPort: address.port }), { code: 'EADDRINUSE' })
  taken.close()
})
