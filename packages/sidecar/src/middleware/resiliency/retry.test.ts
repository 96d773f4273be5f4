import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError, type ConversationEvent, type ErrorCode } from '@dapr-chat/protocol'
import { type ConverseScript, callOf, outcomeOf, scriptedConverse } from '../../../testing/index.ts'
import type { RetryPolicy } from '../../policies/policy.ts'
import { BreakerRefusal } from './circuit-breaker.ts'
import { retry } from './retry.ts'

const start: ConversationEvent = { type: 'message-start', model: 'm' }
const text = (value: string): ConversationEvent => ({ type: 'text-delta', choice: 0, text: value })
const finish: ConversationEvent = { type: 'finish', choice: 0, reason: 'stop' }
const answer: ConverseScript = [[start], [text('Hello')], [finish]]

const down = new ConversationError('unavailable', 'down', { status: 500 })
const atOnce: RetryPolicy = { kind: 'constant', pauseMs: 0, maxPauseMs: 60_000, maxRetries: 3 }

function retried(policy: RetryPolicy, ...scripts: readonly ConverseScript[]) {
  const scripted = scriptedConverse(...scripts)
  let retries = 0
  const converse = retry(policy, () => retries++)(scripted.converse)
  return { converse, scripted, retries: () => retries }
}

/** Lets everything happen that waits for no timer. */
const settle = () => new Promise(setImmediate)

test('a call is made again until it succeeds', async () => {
  const { converse, scripted, retries } = retried(atOnce, [down], [down], answer)
  const { text: said, error } = await outcomeOf(converse(callOf()))
  assert.deepEqual([said, error, scripted.calls.length, retries()], ['Hello', undefined, 3, 2])
})

test('what a failed attempt brought before its first output is dropped: the answer has one start', async () => {
  const { converse } = retried(atOnce, [[start], [{ ...start, model: 'of the failed attempt' }], down], answer)
  const { events } = await outcomeOf(converse(callOf()))
  assert.deepEqual(events, [start, text('Hello'), finish])
})

test('after the first output a failure passes through and nothing is tried again', async () => {
  for (const output of [
    text('Hel'),
    { type: 'reasoning-delta', choice: 0, text: 'hm' },
    { type: 'refusal-delta', choice: 0, text: 'no' },
    { type: 'tool-call-start', choice: 0, index: 0, id: 'c', name: 'f' },
  ] satisfies ConversationEvent[]) {
    const { converse, scripted } = retried(atOnce, [[start, output], down], answer)
    const { events, error } = await outcomeOf(converse(callOf()))
    assert.deepEqual([events, error, scripted.calls.length], [[start, output], down, 1])
  }
})

test('the last failure is thrown when the retries are used up', async () => {
  const last = new ConversationError('unavailable', 'still down')
  const { converse, scripted } = retried({ ...atOnce, maxRetries: 2 }, [down], [down], [last])
  assert.equal((await outcomeOf(converse(callOf()))).error, last)
  assert.equal(scripted.calls.length, 3)
})

test('a policy without a limit goes on', async () => {
  const failures = Array.from({ length: 50 }, (): ConverseScript => [down])
  const { converse, scripted } = retried({ ...atOnce, maxRetries: Number.POSITIVE_INFINITY }, ...failures, answer)
  assert.equal((await outcomeOf(converse(callOf()))).text, 'Hello')
  assert.equal(scripted.calls.length, 51)
})

for (const code of [
  'auth',
  'quota',
  'context_length',
  'content_filter',
  'provider_invalid_request',
] satisfies ErrorCode[]) {
  test(`a failure of the kind ${code} is not tried again`, async () => {
    const { converse, scripted } = retried(atOnce, [new ConversationError(code, 'no')], answer)
    assert.equal((await outcomeOf(converse(callOf()))).error?.code, code)
    assert.equal(scripted.calls.length, 1)
  })
}

test('a refusal of the circuit breaker ends the tries', async () => {
  const { converse, scripted } = retried(atOnce, [new BreakerRefusal('unavailable', 'circuit breaker is open')], answer)
  assert.equal((await outcomeOf(converse(callOf()))).error?.message, 'circuit breaker is open')
  assert.equal(scripted.calls.length, 1)
})

test('matching decides by the HTTP status where the provider gave one, and by the kind of failure where not', async () => {
  const refused = new ConversationError('auth', 'no', { status: 401 })
  const unreachable = new ConversationError('unavailable', 'no')
  const http401 = { ...atOnce, httpStatusCodes: [[401, 401]] as const }
  const grpc16 = { ...atOnce, grpcStatusCodes: [[16, 16]] as const }
  const cases: [RetryPolicy, ConversationError, tries: number][] = [
    [http401, refused, 2],
    [http401, down, 1],
    [http401, unreachable, 2],
    [grpc16, refused, 2],
    [grpc16, unreachable, 1],
    [{ ...http401, ...grpc16, httpStatusCodes: [[500, 599]] }, refused, 1],
  ]
  for (const [policy, failure, tries] of cases) {
    const { converse, scripted } = retried(policy, [failure], answer)
    await outcomeOf(converse(callOf()))
    assert.equal(scripted.calls.length, tries, `${failure.code}, ${JSON.stringify(policy)}`)
  }
})

test('the pause is as long as the policy says, and longer where the provider asks for it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const limited = new ConversationError('rate_limit', 'slow down', { status: 429, retryAfterMs: 3_000 })
  const { converse, scripted } = retried({ ...atOnce, pauseMs: 2_000 }, [down], [limited], answer)
  const outcome = outcomeOf(converse(callOf()))
  await settle()
  for (const [ms, calls] of [
    [1_999, 1],
    [1, 2],
    [2_999, 2],
    [1, 3],
  ] as const) {
    t.mock.timers.tick(ms)
    await settle()
    assert.equal(scripted.calls.length, calls)
  }
  assert.equal((await outcome).text, 'Hello')
})

test('a provider that asks to wait for longer than a quarter of an hour is not waited for', async () => {
  const limited = new ConversationError('rate_limit', 'tomorrow', { status: 429, retryAfterMs: 3_600_000 })
  const { converse, scripted } = retried(atOnce, [limited], answer)
  assert.equal((await outcomeOf(converse(callOf()))).error, limited)
  assert.equal(scripted.calls.length, 1)
})

test('a caller who leaves during the pause ends the call at once', async () => {
  const caller = new AbortController()
  const { converse, scripted } = retried({ ...atOnce, pauseMs: 3_600_000 }, [down], answer)
  const outcome = outcomeOf(converse(callOf({ signal: caller.signal })))
  await settle()
  const left = new ConversationError('cancelled', 'the caller has left')
  caller.abort(left)
  assert.equal((await outcome).error, left)
  assert.equal(scripted.calls.length, 1)
})

test('a call that was stopped is not made again, whatever the provider says about it', async () => {
  const caller = new AbortController()
  caller.abort(new ConversationError('shutting_down', 'the sidecar is shutting down'))
  const { converse, scripted } = retried(atOnce, answer)
  assert.equal((await outcomeOf(converse(callOf({ signal: caller.signal })))).error?.code, 'shutting_down')
  assert.equal(scripted.calls.length, 1)
})

test('a reader who stops in the middle closes the attempt', async () => {
  const { converse, scripted } = retried(atOnce, [down], [[text('a')], [text('b')], [finish]])
  for await (const _ of converse(callOf())) {
    assert.equal(scripted.open, 1)
    break
  }
  assert.equal(scripted.open, 0)
})
