import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCost, percentiles, tokenCounts } from './format.ts'

test('three percentiles name their unit once where it is the same', () => {
  assert.equal(percentiles({ p50: 256.4, p95: 300, p99: 321 }), '256 · 300 · 321 ms')
  assert.equal(percentiles({ p50: 256, p95: 999.9, p99: 1_240 }), '256 ms · 1 s · 1.24 s')
  assert.equal(percentiles({ p50: 1_500, p95: 2_000, p99: 12_345 }), '1.5 · 2 · 12.3 s')
  assert.equal(percentiles({ p50: 61_000, p95: 61_000, p99: 121_000 }), '1 min 1 s · 1 min 1 s · 2 min 1 s')
  assert.equal(percentiles({}), '–')
})

test('what was never asked has no cost, and what was asked has one, known or not', () => {
  assert.deepEqual([{ attempts: 0 }, { attempts: 1 }, { attempts: 1, costUsd: 0.25 }].map(callCost), [
    '–',
    'unknown',
    '$0.25',
  ])
})

test('tokens that nobody counted are one sign, and half of them are told', () => {
  assert.deepEqual([{}, { input: 4 }, { input: 12_000, output: 0 }].map(tokenCounts), ['–', '4 → –', '12K → 0'])
})
