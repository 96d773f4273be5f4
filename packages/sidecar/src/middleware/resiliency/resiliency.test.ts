import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError, type ConversationEvent, type ErrorCode } from '@dapr-chat/protocol'
import { type ConverseScript, callOf, outcomeOf, scriptedConverse, silence } from '../../../testing/index.ts'
import { Metrics } from '../../observability/metrics.ts'
import type { CircuitBreakerPolicy, ComponentPolicies, RetryPolicy } from '../../policies/policy.ts'
import { Resiliency } from './resiliency.ts'

const start: ConversationEvent = { type: 'message-start', model: 'm' }
const hello: ConversationEvent = { type: 'text-delta', choice: 0, text: 'Hello' }
const finish: ConversationEvent = { type: 'finish', choice: 0, reason: 'stop' }
const answer: ConverseScript = [[start], [hello], [finish]]
const cut: ConverseScript = [[start], [hello], new ConversationError('interrupted', 'cut')]
const down: ConverseScript = [new ConversationError('unavailable', 'down', { status: 500 })]
const stalled: ConverseScript = [[start], silence]

const named = <T>(name: string, policy: T) => ({ name, resource: 'mine', policy })
const retryOf = (policy: Partial<RetryPolicy> = {}) =>
  named<RetryPolicy>('r', { kind: 'constant', pauseMs: 0, maxPauseMs: 60_000, maxRetries: 3, ...policy })
const breakerOf = (policy: Partial<CircuitBreakerPolicy> = {}) =>
  named<CircuitBreakerPolicy>('cb', {
    maxRequests: 1,
    intervalMs: 0,
    timeoutMs: 60_000,
    condition: 'of the test',
    trip: ({ consecutiveFailures }) => consecutiveFailures >= 2,
    ...policy,
  })

function resilient(policies: ComponentPolicies | undefined, ...scripts: readonly ConverseScript[]) {
  const scripted = scriptedConverse(...scripts)
  const metrics = new Metrics({
    appId: 'app',
    namespace: '',
    semconvOptIn: undefined,
    openCalls: () => 0,
    heldBytes: () => 0,
  })
  const said: string[] = []
  const current = { policies }
  const resiliency = new Resiliency({
    policiesOf: () => current.policies,
    metrics: metrics.resiliency,
    report: (message) => said.push(message),
  })
  const converse = resiliency.middleware('gpt')(scripted.converse)
  const ask = (signal?: AbortSignal) => outcomeOf(converse(callOf(signal ? { signal } : {})))
  return { scripted, metrics, said, current, resiliency, converse, ask }
}

const settle = () => new Promise(setImmediate)

test('without policies a call goes to the provider as it is', () => {
  const { resiliency } = resilient(undefined)
  const call = callOf()
  const stream = scriptedConverse(answer).converse(call)
  const converse = resiliency.middleware('gpt')((given) => {
    assert.equal(given, call)
    return stream
  })
  assert.equal(converse(call), stream)
})

test('each attempt has its own time, and the last one that runs out is the failure', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { scripted, metrics, ask } = resilient(
    { timeout: named('t', 2_000), retry: retryOf({ maxRetries: 1 }) },
    stalled,
  )
  const outcome = ask()
  for (const ms of [2_000, 1, 2_000]) {
    await settle()
    t.mock.timers.tick(ms)
  }
  const { error, events } = await outcome
  assert.deepEqual([error?.code, error?.clock, scripted.calls.length, scripted.open], ['timeout', 'total', 2, 0])
  assert.match(error?.message ?? '', /within the 2000 ms .*context deadline exceeded$/)
  assert.deepEqual(events, [])
  const text = await metrics.text()
  const labels = 'app_id="app",name="mine",policy="timeout",flow_direction="outbound",target="Conversation_gpt"'
  assert.ok(text.includes(`dapr_resiliency_activations_total{${labels}} 2`), text)
})

test('an answer that is in time is not stopped later, and leaves no timer', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { scripted, ask } = resilient({ timeout: named('t', 2_000) }, answer)
  assert.equal((await ask()).text, 'Hello')
  t.mock.timers.tick(2_000)
  assert.equal(scripted.calls[0]?.signal.aborted, false)
})

test('a timeout stops an answer that has begun, which is then not tried again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { scripted, ask } = resilient({ timeout: named('t', 2_000), retry: retryOf() }, [[hello], silence])
  const outcome = ask()
  await settle()
  t.mock.timers.tick(2_000)
  const { text, error } = await outcome
  assert.deepEqual([text, error?.code, scripted.calls.length], ['Hello', 'timeout', 1])
})

test("a caller's reason passes through a timeout", async () => {
  const caller = new AbortController()
  const { ask } = resilient({ timeout: named('t', 3_600_000), retry: retryOf() }, stalled)
  const outcome = ask(caller.signal)
  await settle()
  const left = new ConversationError('cancelled', 'the caller has left')
  caller.abort(left)
  assert.equal((await outcome).error, left)
})

test('answers that break off half way open the breaker, which closes again when the provider is well', async (t) => {
  let now = 0
  t.mock.method(performance, 'now', () => now)
  const { scripted, metrics, said, resiliency, ask } = resilient({ circuitBreaker: breakerOf() }, cut, cut, answer)
  assert.equal((await ask()).error?.code, 'interrupted')
  assert.equal((await ask()).error?.code, 'interrupted')
  assert.equal((await ask()).error?.message, 'circuit breaker is open')
  assert.equal(scripted.calls.length, 2)
  assert.deepEqual([...resiliency.breakerStates()], [['gpt', 'open']])
  const labels = 'app_id="app",name="mine",policy="circuitbreaker",flow_direction="outbound",target="Conversation_gpt"'
  const whenOpen = await metrics.text()
  assert.ok(whenOpen.includes(`dapr_resiliency_cb_state{${labels},status="open"} 1`), whenOpen)
  assert.ok(whenOpen.includes(`dapr_resiliency_cb_state{${labels},status="closed"} 0`))
  assert.ok(whenOpen.includes(`dapr_resiliency_activations_total{${labels},status="open"} 1`))
  now += 60_000
  assert.ok((await metrics.text()).includes(`dapr_resiliency_cb_state{${labels},status="half-open"} 1`))
  assert.equal((await ask()).text, 'Hello')
  assert.ok((await metrics.text()).includes(`dapr_resiliency_cb_state{${labels},status="closed"} 1`))
  assert.deepEqual(said, [
    'circuit breaker "cb" of component "gpt" is now open',
    'circuit breaker "cb" of component "gpt" is now half-open',
    'circuit breaker "cb" of component "gpt" is now closed',
  ])
})

test('every attempt counts for the breaker, and a breaker that opens ends the tries', async () => {
  const { scripted, ask } = resilient({ circuitBreaker: breakerOf(), retry: retryOf({ maxRetries: 9 }) }, down)
  assert.equal((await ask()).error?.message, 'circuit breaker is open')
  assert.equal(scripted.calls.length, 2)
})

test('timeouts count for the breaker', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { resiliency, ask } = resilient({ timeout: named('t', 2_000), circuitBreaker: breakerOf() }, stalled)
  for (let calls = 0; calls < 2; calls++) {
    const outcome = ask()
    await settle()
    t.mock.timers.tick(2_000)
    assert.equal((await outcome).error?.code, 'timeout')
  }
  assert.deepEqual([...resiliency.breakerStates().values()], ['open'])
})

for (const code of [
  'context_length',
  'content_filter',
  'provider_invalid_request',
  'cancelled',
  'shutting_down',
] satisfies ErrorCode[]) {
  test(`the breaker does not count failures of the kind ${code}`, async () => {
    const { scripted, ask } = resilient({ circuitBreaker: breakerOf() }, [new ConversationError(code, 'no')])
    for (let calls = 0; calls < 5; calls++) assert.equal((await ask()).error?.code, code)
    assert.equal(scripted.calls.length, 5)
  })
}

test('the breaker does not count callers who leave, whether they abort or stop reading', async () => {
  const { converse, resiliency, ask, scripted } = resilient({ circuitBreaker: breakerOf() }, [[hello], silence])
  for (let calls = 0; calls < 3; calls++) {
    for await (const _ of converse(callOf())) break
    const caller = new AbortController()
    const outcome = ask(caller.signal)
    await settle()
    caller.abort(new ConversationError('timeout', "the caller's deadline"))
    assert.equal((await outcome).error?.message, "the caller's deadline")
  }
  assert.deepEqual([...resiliency.breakerStates().values()], ['closed'])
  assert.equal(scripted.open, 0)
})

test('policies that change hold from the next call on', async () => {
  const { scripted, metrics, current, resiliency, ask } = resilient(undefined, down, down, down, answer)
  assert.equal((await ask()).error?.message, 'down')
  current.policies = { retry: retryOf({ maxRetries: 1 }), circuitBreaker: breakerOf({ trip: () => false }) }
  resiliency.policiesChanged()
  assert.equal((await ask()).error?.message, 'down')
  assert.equal(scripted.calls.length, 3)
  assert.deepEqual([...resiliency.breakerStates().keys()], ['gpt'])
  current.policies = undefined
  resiliency.policiesChanged()
  assert.equal((await ask()).text, 'Hello')
  assert.deepEqual([...resiliency.breakerStates().keys()], [])
  assert.ok(!(await metrics.text()).includes('dapr_resiliency_cb_state{'))
})

test('a breaker whose policy did not change keeps its state, and any other begins anew', async () => {
  const { metrics, current, resiliency, ask } = resilient({ circuitBreaker: breakerOf() }, cut)
  const state = () => resiliency.breakerStates().get('gpt')
  const change = (policies: ComponentPolicies) => {
    current.policies = policies
    resiliency.policiesChanged()
  }
  await ask()
  await ask()
  assert.equal(state(), 'open')
  change({ timeout: named('t', 1_000), circuitBreaker: breakerOf() })
  assert.equal(state(), 'open')
  assert.match(await metrics.text(), /dapr_resiliency_cb_state\{.*status="open"\} 1/)
  assert.equal((await ask()).error?.message, 'circuit breaker is open')
  change({ circuitBreaker: breakerOf({ condition: 'another' }) })
  assert.equal(state(), 'closed')
  assert.equal((await ask()).error?.code, 'interrupted')
})

test('a component that is made anew has a new breaker, and one that is gone has none', async () => {
  const { metrics, resiliency, ask } = resilient({ circuitBreaker: breakerOf() }, cut)
  await ask()
  await ask()
  const anew = resiliency.middleware('gpt')(scriptedConverse(cut).converse)
  assert.deepEqual([...resiliency.breakerStates()], [['gpt', 'closed']])
  // A call that was on its way through the old one counts for the old one.
  assert.equal((await ask()).error?.message, 'circuit breaker is open')
  assert.equal((await outcomeOf(anew(callOf()))).error?.code, 'interrupted')
  resiliency.forget('gpt')
  assert.deepEqual([...resiliency.breakerStates()], [])
  assert.ok(!(await metrics.text()).includes('dapr_resiliency_cb_state{'))
})
