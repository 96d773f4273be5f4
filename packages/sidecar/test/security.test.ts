/** Who is let in: on loopback only those who mean this machine, beyond it only those who know the token. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSidecar } from '../src/index.ts'
import { send, startSidecar } from '../testing/index.ts'

const refusedHosts = [
  'attacker.example',
  'attacker.example:3500',
  'localhost.attacker.example',
  '127.0.0.1.nip.io',
  '10.0.0.1',
]
const localHosts = ['localhost', 'localhost:3500', 'LOCALHOST:1', '127.0.0.1', '127.0.0.1:3500', '[::1]:3500']
const refusedOrigins = [
  'https://attacker.example',
  'http://localhost.attacker.example',
  'http://attacker.example:3500',
  'null',
  'file://',
  'nonsense',
]
const localOrigins = ['http://localhost:3000', 'http://127.0.0.1:8080', 'http://[::1]:3000', 'https://localhost']

/** Every kind of route: Dapr's, OpenAI's, health, one that does not exist. */
const paths = ['/v1.0/metadata', '/v1/models', '/v1.0/healthz', '/nothing'] as const

test('on loopback a foreign Host is refused on every route', async () => {
  await using running = await startSidecar()
  for (const host of refusedHosts) {
    for (const path of paths) {
      const { status } = await send(running.http, path, { headers: { host } })
      assert.equal(status, 403, `${host} ${path}`)
    }
  }
})

test('on loopback every name of this machine is a Host', async () => {
  await using running = await startSidecar()
  for (const host of localHosts) {
    assert.equal((await send(running.http, '/v1.0/metadata', { headers: { host } })).status, 200, host)
  }
})

test('on loopback a page from elsewhere is refused, whatever it asks', async () => {
  await using running = await startSidecar()
  for (const origin of refusedOrigins) {
    for (const path of paths) {
      assert.equal((await send(running.http, path, { headers: { origin } })).status, 403, `${origin} ${path}`)
    }
    const shutdown = await send(running.http, '/v1.0/shutdown', { method: 'POST', headers: { origin } })
    assert.equal(shutdown.status, 403, origin)
  }
  const stillThere = await send(running.http, '/v1.0/metadata')
  assert.equal(stillThere.status, 200)
})

test('on loopback a page of this machine is welcome', async () => {
  await using running = await startSidecar()
  for (const origin of localOrigins) {
    assert.equal((await send(running.http, '/v1.0/metadata', { headers: { origin } })).status, 200, origin)
  }
})

test('no answer allows pages from elsewhere to read it', async () => {
  await using running = await startSidecar()
  const { headers } = await send(running.http, '/v1.0/metadata', { headers: { origin: 'http://localhost:3000' } })
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith('access-control-')),
    [],
  )
})

for (const address of ['0.0.0.0', '::', '192.168.1.7', '127.0.0.1.example', 'example.com']) {
  test(`listening on ${address} without a token is refused`, async () => {
    for (const apiToken of [undefined, '']) {
      const settings = { listenAddresses: ['127.0.0.1', address], apiToken, logLevel: 'fatal' } as const
      await assert.rejects(createSidecar(settings), (error) => {
        assert.ok(error instanceof RangeError)
        assert.match(error.message, /DAPR_API_TOKEN/)
        return true
      })
    }
  })
}

test('beyond loopback the token is what counts, not the Host', async () => {
  await using running = await startSidecar(undefined, { listenAddresses: ['0.0.0.0'], apiToken: 'right' })
  const http = running.http.replace('0.0.0.0', '127.0.0.1')
  const host = 'sidecar.internal:3500'
  assert.equal((await send(http, '/v1.0/metadata', { headers: { host } })).status, 401)
  const headers = { host, 'dapr-api-token': 'right' }
  assert.equal((await send(http, '/v1.0/metadata', { headers })).status, 200)
})

test('a token that is nearly right is wrong', async () => {
  await using running = await startSidecar(undefined, { apiToken: 'right' })
  for (const token of ['', 'righ', 'right2', 'Right', 'right right', 'right, right']) {
    const answer = await send(running.http, '/v1.0/metadata', { headers: { 'dapr-api-token': token } })
    assert.equal(answer.status, 401, token)
    assert.doesNotMatch(answer.text, /right/)
  }
})
