/** The Grafana dashboard that the documents ship asks only for figures that a sidecar has after traffic. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import {
  chunk,
  post,
  readText,
  reset,
  type ScriptedAnswer,
  scriptedProvider,
  startSidecar,
  textAnswer,
  upstreamComponent,
} from '../testing/index.ts'
import { ask, eventually, readUntil, stallAfter } from './conversation.ts'
import { readSamples } from './figures.ts'
import { surfaces } from './surfaces.ts'

const resiliency = JSON.stringify({
  apiVersion: 'dapr.io/v1alpha1',
  kind: 'Resiliency',
  metadata: { name: 'of-the-test' },
  spec: {
    policies: {
      retries: { mine: { policy: 'constant', duration: 1, maxRetries: 1 } },
      circuitBreakers: { mine: { trip: 'consecutiveFailures > 5' } },
    },
    targets: { components: { gpt: { outbound: { retry: 'mine', circuitBreaker: 'mine' } } } },
  },
})

/** A provider that has had a bad day. */
const script: readonly ScriptedAnswer[] = [
  { status: 503, headers: { 'content-type': 'application/json' }, body: '{"error":{"message":"busy"}}' },
  { body: textAnswer('Hello', ' there') },
  { body: stallAfter(chunk({ content: 'Hello' })) },
  {
    body: (async function* () {
      yield chunk({ content: 'Hello' })
      // So that the piece is read before the connection breaks.
      await new Promise((resolve) => setTimeout(resolve, 50))
      yield reset
    })(),
  },
  { body: stallAfter(chunk({ content: 'Hello' })) },
]

/** All names of figures in the expressions of a dashboard. */
function namesIn(dashboard: unknown): Set<string> {
  const expressions: string[] = []
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, member] of Object.entries(value)) {
      if (key === 'expr' && typeof member === 'string') expressions.push(member)
      else if (key === 'query' && typeof member === 'string') expressions.push(member)
      else collect(member)
    }
  }
  collect(dashboard)
  // Labels have such names too.
  const figures = expressions.map((text) => text.replaceAll(/\bby \([^)]*\)|\{[^}]*\}/g, ''))
  return new Set(figures.flatMap((text) => text.match(/\b(?:dapr|gen_ai|nodejs|process)_\w+/g) ?? []))
}

test('every figure of the dashboard is one that a sidecar has', { timeout: 20_000 }, async () => {
  const dashboard: unknown = JSON.parse(
    await readFile(new URL('../../../docs/grafana/dapr-chat.json', import.meta.url), 'utf8'),
  )
  await using upstream = await scriptedProvider(({ index }) => script[index] ?? { body: textAnswer('Hello') })
  await using running = await startSidecar(
    [upstreamComponent(upstream.url, { responseCacheTTL: '1m', idleTimeout: '3s' })],
    {},
    { 'resiliency.yaml': resiliency },
  )
  const { http, metrics, sidecar } = running
  const stream = 'a stream of Dapr'
  await readText(await ask(http, stream))
  // The cache answers.
  await readText(await ask(http, stream))
  const again = { body: JSON.stringify({ inputs: [{ messages: [{ ofUser: { content: [{ text: 'Again' }] } }] }] }) }
  const caller = new AbortController()
  await readUntil(await ask(http, stream, { ...again, signal: caller.signal }), 'Hello')
  caller.abort()
  await eventually(() => sidecar.openCalls === 0)
  await readText(await ask(http, stream, again))
  // The provider falls silent.
  await readText(await ask(http, stream, again))
  await post(http, '/v1.0-alpha2/conversation/nobody/converse', {})
  await surfaces['an answer over gRPC']?.(running, { component: 'gpt', text: 'Over gRPC' })

  const names = namesIn(dashboard)
  assert.ok(names.size > 25, String([...names]))
  const had = new Set((await readSamples(metrics)).map(({ name }) => name))
  assert.deepEqual(
    [...names].filter((name) => !had.has(name)),
    [],
  )
})
