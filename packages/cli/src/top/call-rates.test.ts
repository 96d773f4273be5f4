import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallSummary } from '@dapr-chat/sidecar'
import { callRates } from './call-rates.ts'

const NOW = 1_000_000

/** A call that began so many milliseconds ago; without a duration it is in progress. */
function call(component: string, ago: number, durationMs?: number): CallSummary {
  return {
    id: `${component}-${ago}`,
    startedAt: NOW - ago,
    state: durationMs === undefined ? 'running' : 'succeeded',
    ...(durationMs !== undefined && { durationMs }),
    surface: 'openai',
    streamed: true,
    component,
    type: 'conversation.echo',
    caller: 'anonymous',
    chunks: 0,
    tokens: {},
    cached: false,
    attempts: 1,
    toolCalls: 0,
  }
}

test('requests a second are those that began within ten seconds, however long they last', () => {
  const calls = [
    call('a', 60_000),
    call('a', 500),
    call('b', 2_000, 100),
    call('a', 9_000, 8_000),
    call('a', 11_000, 10),
  ]
  const { perSecond, open } = callRates(calls, NOW, true)
  assert.deepEqual(Object.fromEntries(perSecond), { a: 0.2, b: 0.1 })
  assert.deepEqual(Object.fromEntries(open), { a: 2 })
})

test('where older rows are missing, only the time is counted that is known', () => {
  const calls = Array.from({ length: 500 }, (_, index) => call('a', index * 2 + 1, 1))
  const perSecond = callRates(calls, NOW, false).perSecond.get('a') ?? 0
  assert.ok(perSecond > 490 && perSecond <= 510, `${perSecond} a second`)
})

test('nothing is going on where there are no calls, and rows of running ones alone say nothing about the past', () => {
  assert.deepEqual([...callRates([], NOW, true).perSecond], [])
  assert.deepEqual([...callRates([call('a', 5_000)], NOW, false).perSecond], [['a', 0.1]])
})
