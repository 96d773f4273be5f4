import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RetryPolicy } from '../../policies/policy.ts'
import { Backoff } from './backoff.ts'

const exponential: RetryPolicy = { kind: 'exponential', pauseMs: 5_000, maxPauseMs: 60_000, maxRetries: 9 }
const constant: RetryPolicy = { ...exponential, kind: 'constant' }

test('for every longest pause, exponential pauses grow from 500 ms by a half each time, give or take a half', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 120_000 }), (maxPauseMs) => {
      const backoff = new Backoff({ ...exponential, maxPauseMs }, () => 0)
      for (let tries = 0; tries < 20; tries++) {
        const middle = Math.min(500 * 1.5 ** tries, maxPauseMs)
        const pause = backoff.next() ?? Number.NaN
        assert.ok(pause >= middle * 0.499 && pause <= middle * 1.501, `${pause} ms, around ${middle} ms`)
      }
    }),
  )
})

test('exponential pauses are not all the same', () => {
  const pauses = Array.from({ length: 20 }, () => new Backoff(exponential).next())
  assert.ok(new Set(pauses).size > 1)
})

test('an exponential policy gives up after a quarter of an hour, a constant one does not', () => {
  let now = 0
  const growing = new Backoff(exponential, () => now)
  const steady = new Backoff(constant, () => now)
  now = 15 * 60_000 - 1_000
  assert.ok(growing.next())
  now += 1_000
  assert.equal(growing.next(), undefined)
  assert.equal(steady.next(), 5_000)
})

test('a pause is never shorter than the provider asks', () => {
  assert.equal(new Backoff(constant).next(7_000), 7_000)
  assert.equal(new Backoff(constant).next(1_000), 5_000)
  assert.equal(new Backoff(exponential).next(7_000), 7_000)
  assert.equal(new Backoff(constant).next(15 * 60_000 + 1), undefined)
})
