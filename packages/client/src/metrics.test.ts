import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMetrics, Meter } from './metrics.ts'

const counted = { attempts: 2, steps: 1, toolCalls: 0, usageEstimated: false, streaming: 'direct' } as const

const metrics = {
  durationMs: 6710,
  timeToFirstChunkMs: 400,
  chunks: 265,
  contentLength: 1141,
  charsPerSecond: 170.04,
  ...counted,
} as const

test('formatMetrics prints six lines', () => {
  const usage = { prompt_tokens: 35, completion_tokens: 265, total_tokens: 300 }
  assert.equal(
    formatMetrics({ metrics, usage }),
    [
      'Content length: 1141 characters',
      'Total time: 6.71 seconds',
      'Chars per second: 170.0',
      'Prompt tokens: 35',
      'Completion tokens: 265',
      'Total tokens: 300',
    ].join('\n'),
  )
})

test('formatMetrics says n/a where no token count was reported, and never zero', () => {
  assert.match(formatMetrics({ metrics }), /Prompt tokens: n\/a\nCompletion tokens: n\/a\nTotal tokens: n\/a$/)
})

test('a meter without output has no time to a first chunk and no token speed', () => {
  const meter = new Meter()
  meter.arrived(0)
  const figures = meter.metrics('', undefined, counted)
  assert.equal(figures.chunks, 0)
  assert.equal('timeToFirstChunkMs' in figures, false)
  assert.equal('outputTokensPerSecond' in figures, false)
})

test('speeds are amounts over the whole time', () => {
  const meter = new Meter()
  meter.begin()
  const until = performance.now() + 5
  while (performance.now() < until);
  meter.arrived(2)
  const figures = meter.metrics('x'.repeat(100), { prompt_tokens: 1, completion_tokens: 10, total_tokens: 11 }, counted)
  assert.equal(figures.attempts, 2)
  assert.equal(figures.chunks, 2)
  assert.equal(figures.charsPerSecond, 100_000 / figures.durationMs)
  assert.equal(figures.outputTokensPerSecond, 10_000 / figures.durationMs)
  assert.equal(figures.timeToFirstChunkMs, figures.durationMs)
})
