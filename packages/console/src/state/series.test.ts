import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallFigures, Overview } from '@dapr-chat/protocol/console'
import { type Line, stretchesOf, summarize } from './series.ts'

const figures: CallFigures = {
  calls: 3,
  failed: 1,
  cancelled: 0,
  cacheHits: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  unpriced: 0,
  latency: { p95: 20 },
  timeToFirstToken: {},
}

const overview: Overview = {
  now: 1_000_000,
  window: '5m',
  stepMs: 10_000,
  open: 0,
  totals: figures,
  points: [{ ...figures, at: 980_000 }],
  components: [],
  models: [],
  callers: [],
  errors: [],
}

const calls: Line = { label: 'calls', color: '--line-1', value: (point) => point?.calls ?? 0 }
const latency: Line = { label: 'p95', color: '--line-2', value: (point) => point?.latency.p95 ?? null }

test('a window has all its stretches, those without calls too', () => {
  const stretches = stretchesOf(overview)
  assert.equal(stretches.length, 30)
  assert.equal(stretches[0]?.at, 710_000)
  assert.equal(stretches.at(-1)?.at, 1_000_000)
  assert.deepEqual(
    stretches.filter(({ point }) => point).map(({ at }) => at),
    [980_000],
  )
})

test('a count that is missing is a zero, a percentile that is missing is a gap', () => {
  const [counted, measured] = summarize([calls, latency], stretchesOf(overview), overview.stepMs)
  assert.deepEqual(counted, { label: 'calls', newest: 0, highest: 3, highestAt: 980_000 })
  assert.deepEqual(measured, { label: 'p95', newest: 20, highest: 20, highestAt: 980_000 })
})

test('a line without any value has nothing to say', () => {
  const [silent] = summarize([latency], stretchesOf({ ...overview, points: [] }), overview.stepMs)
  assert.deepEqual(silent, { label: 'p95', newest: null, highest: null, highestAt: undefined })
})
