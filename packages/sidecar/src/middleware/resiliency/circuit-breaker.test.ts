import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BreakerCounts, CircuitBreakerPolicy } from '../../policies/policy.ts'
import { type AttemptOutcome, BreakerRefusal, type BreakerState, CircuitBreaker } from './circuit-breaker.ts'

function breakerOf(policy: Partial<CircuitBreakerPolicy> = {}) {
  let now = 0
  const changes: BreakerState[] = []
  const breaker = new CircuitBreaker(
    {
      maxRequests: 1,
      intervalMs: 0,
      timeoutMs: 60_000,
      condition: '',
      trip: ({ consecutiveFailures }) => consecutiveFailures >= 2,
      ...policy,
    },
    (state) => changes.push(state),
    () => now,
  )
  return {
    breaker,
    changes,
    wait(milliseconds: number) {
      now += milliseconds
    },
    run(...outcomes: AttemptOutcome[]) {
      for (const outcome of outcomes) breaker.enter()(outcome)
    },
  }
}

test('a breaker opens when its condition holds, refuses, and closes after a success', () => {
  const { breaker, changes, wait, run } = breakerOf()
  run('failure', 'success', 'failure')
  assert.equal(breaker.state, 'closed')
  run('failure')
  assert.equal(breaker.state, 'open')
  wait(59_000)
  assert.throws(
    () => breaker.enter(),
    (error) =>
      error instanceof BreakerRefusal &&
      error.code === 'unavailable' &&
      error.message === 'circuit breaker is open' &&
      error.retryAfterMs === 1_000,
  )
  wait(1_000)
  assert.equal(breaker.state, 'half-open')
  run('success')
  assert.equal(breaker.state, 'closed')
  run('failure')
  assert.equal(breaker.state, 'closed', 'the counts begin anew')
  assert.deepEqual(changes, ['open', 'half-open', 'closed'])
})

test('half-open, as many calls pass as may, the others are refused, and all that passed have to succeed', () => {
  const { breaker, wait, run } = breakerOf({ maxRequests: 2 })
  run('failure', 'failure')
  wait(60_000)
  const [first, second] = [breaker.enter(), breaker.enter()]
  assert.throws(() => breaker.enter(), /^BreakerRefusal|too many requests/)
  first('success')
  assert.equal(breaker.state, 'half-open')
  second('success')
  assert.equal(breaker.state, 'closed')
})

test('half-open, one failure opens it again', () => {
  const { breaker, wait, run } = breakerOf({ maxRequests: 2 })
  run('failure', 'failure')
  wait(60_000)
  const [first, second] = [breaker.enter(), breaker.enter()]
  first('failure')
  assert.equal(breaker.state, 'open')
  second('success')
  assert.equal(breaker.state, 'open', 'what began before says nothing any more')
})

test('what is ignored is not counted, and gives its place back', () => {
  const seen: BreakerCounts[] = []
  const { breaker, wait, run } = breakerOf({
    trip: (counts) => {
      seen.push({ ...counts })
      return counts.totalFailures >= 2
    },
  })
  run('failure', 'ignored', 'ignored', 'failure')
  assert.deepEqual(
    seen.map(({ requests, consecutiveFailures }) => [requests, consecutiveFailures]),
    [
      [1, 1],
      [2, 2],
    ],
  )
  wait(60_000)
  run('ignored', 'ignored')
  assert.equal(breaker.state, 'half-open')
  run('success')
  assert.equal(breaker.state, 'closed')
})

test('the counts of a closed breaker begin anew with each interval', () => {
  const { breaker, wait, run } = breakerOf({ intervalMs: 10_000 })
  run('failure')
  wait(10_000)
  run('failure')
  assert.equal(breaker.state, 'closed')
  run('failure')
  assert.equal(breaker.state, 'open')
})

test('an answer that is longer than the interval counts where it ends', () => {
  const seen: BreakerCounts[] = []
  const { breaker, wait } = breakerOf({
    intervalMs: 10_000,
    trip: (counts) => {
      seen.push({ ...counts })
      return counts.consecutiveFailures >= 2
    },
  })
  const [first, second] = [breaker.enter(), breaker.enter()]
  wait(30_000)
  first('failure')
  second('failure')
  assert.equal(breaker.state, 'open')
  assert.deepEqual(
    seen.map(({ requests, totalFailures }) => [requests, totalFailures]),
    [
      [1, 1],
      [2, 2],
    ],
  )
})
