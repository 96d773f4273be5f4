import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError, errorCodes, errorRow } from '@dapr-chat/protocol'
import fc from 'fast-check'
import { InvalidRequestError, SidecarUnavailableError } from '../errors.ts'
import { checkRetryValues, retryDelay, retryPolicy } from './policy.ts'

const policy = retryPolicy(undefined, undefined)
const limited = (retryAfterMs?: number) =>
  new ConversationError('rate_limit', 'slow down', retryAfterMs === undefined ? {} : { retryAfterMs })

test('a call is made twice more, at growing distances', () => {
  const delays = [0, 1, 2].map((retries) => retryDelay(limited(), retries, policy, 0))
  assert.deepEqual(delays, [500, 1000, undefined])
})

test('what may pass is what the table of errors says, and nothing that nobody foresaw', () => {
  for (const code of errorCodes) {
    const delay = retryDelay(new ConversationError(code, 'x'), 0, policy)
    assert.equal(delay !== undefined, errorRow(code).retryable, code)
  }
  assert.notEqual(retryDelay(new SidecarUnavailableError('x'), 0, policy), undefined)
  assert.equal(retryDelay(new InvalidRequestError('x'), 0, policy), undefined)
  assert.equal(retryDelay(new RangeError('x'), 0, policy), undefined)
})

test('every wait is at least what the server asked for, and its own part never above the limit', () => {
  const waits = fc.record({
    retries: fc.nat(30),
    asked: fc.option(fc.nat(60_000), { nil: undefined }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })
  fc.assert(
    fc.property(waits, ({ retries, asked, random }) => {
      const delay = retryDelay(limited(asked), retries, { ...policy, maxRetries: 31 }, random) ?? Number.NaN
      const backoff = Math.min(500 * 2 ** retries, 8_000)
      assert.ok(delay >= (asked ?? 0) && delay >= backoff * 0.75)
      assert.ok(delay <= Math.max(asked ?? 0, backoff))
    }),
  )
})

test('a server that asks for more than the limit is not waited for', () => {
  assert.equal(retryDelay(limited(60_000), 0, policy), 60_000)
  assert.equal(retryDelay(limited(60_001), 0, policy), undefined)
})

test('the policy of the call wins over that of the client, and false is none', () => {
  assert.equal(retryPolicy(undefined, { maxRetries: 5 }).maxRetries, 5)
  assert.equal(retryPolicy({ minDelayMs: 1 }, { maxRetries: 5 }).maxRetries, 2)
  assert.equal(retryPolicy(false, { maxRetries: 5 }).maxRetries, 0)
  assert.equal(retryPolicy({}, false).maxRetries, 2)
})

test('values that are no times are refused', () => {
  for (const bad of [{ maxDelayMs: Number.NaN }, { minDelayMs: 2 ** 31 }, { maxRetryAfterMs: '1' as never }]) {
    assert.throws(() => checkRetryValues(bad), InvalidRequestError)
  }
  checkRetryValues({ maxRetries: 0, minDelayMs: 0.5 })
})
