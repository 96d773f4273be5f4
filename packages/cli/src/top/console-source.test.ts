import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { ConsoleSource } from './console-source.ts'

const now = 1_000_000
const figures = {
  ...{ calls: 1, failed: 0, cancelled: 0, cacheHits: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, unpriced: 0 },
  ...{ latency: {}, timeToFirstToken: {} },
}
const overview = { now, window: '5m', stepMs: 5_000, open: 700, totals: figures, points: [], errors: [] }

/** A sidecar with 700 calls in progress, in pages of 500, and many that have ended. */
async function busySidecar() {
  const asked: string[] = []
  const call = (index: number) => ({
    id: `call-${index}`,
    component: index % 2 === 0 ? 'even' : 'odd',
    startedAt: now - 1_000,
    ...(index < 700 ? { state: 'running' } : { state: 'succeeded', durationMs: 10 }),
  })
  const answers: Readonly<Record<string, (query: URLSearchParams) => unknown>> = {
    session: () => ({ appId: 'app', version: '1.2.3' }),
    overview: () => ({ ...overview, components: [{ name: 'even', ...figures }], models: [], callers: [] }),
    components: () => ({ components: [{ name: 'vault', type: 'secretstores.local.env', state: 'ready' }] }),
    calls: (query) => {
      const begin = query.has('before') ? Number(query.get('before')?.replace('call-', '')) + 1 : 0
      return {
        calls: Array.from({ length: Number(query.get('limit')) }, (_, index) => call(begin + index)),
        more: true,
      }
    },
  }
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://sidecar')
    const name = pathname.replace('/api/console/', '')
    asked.push(`${name} ${request.headers['dapr-api-token']}`)
    response.end(JSON.stringify(answers[name]?.(searchParams)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    asked,
    environment: { DAPR_HTTP_PORT: String((server.address() as AddressInfo).port), DAPR_API_TOKEN: 'a-token' },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

test('all calls in progress are counted, also where they take several pages, and a secret store is no component to ask', async () => {
  await using sidecar = await busySidecar()
  const source = new ConsoleSource(sidecar.environment, '5m')
  const { totals, components } = await source.read(AbortSignal.timeout(10_000))
  assert.equal(totals.open, 700)
  assert.deepEqual(
    components.map(({ name, open }) => [name, open]),
    [
      ['even', 350],
      ['odd', 350],
    ],
  )
  assert.deepEqual(
    sidecar.asked.filter((path) => path.startsWith('calls')),
    ['calls a-token', 'calls a-token'],
  )
})

test('who the sidecar is, is asked once', async () => {
  await using sidecar = await busySidecar()
  const source = new ConsoleSource(sidecar.environment, '5m')
  await source.read(AbortSignal.timeout(10_000))
  await source.read(AbortSignal.timeout(10_000))
  assert.equal(sidecar.asked.filter((path) => path.startsWith('session')).length, 1)
})

test('an address that is none is named with the variable that it comes from', () => {
  assert.throws(
    () => new ConsoleSource({ DAPR_HTTP_ENDPOINT: 'http://' }, '5m'),
    /Cannot use DAPR_HTTP_ENDPOINT: it must lead to an address/,
  )
})
