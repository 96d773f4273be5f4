import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallState, CallSummary } from '@dapr-chat/protocol/console'
import { mergeCalls } from './call-list.ts'

function call(id: string, startedAt: number, state: CallState = 'succeeded'): CallSummary {
  const rest = { surface: 'openai', streamed: true, component: 'echo', type: 'conversation.echo', caller: 'a' } as const
  return { id, startedAt, state, ...rest, chunks: 0, tokens: {}, cached: false, attempts: 1, toolCalls: 0 }
}

const ids = (calls: readonly CallSummary[]) => calls.map(({ id }) => id)

test('the newest come first, each once', () => {
  const rows = mergeCalls([call('b', 2), call('a', 1)], [call('c', 3), call('b', 2)])
  assert.deepEqual(ids(rows), ['c', 'b', 'a'])
})

test('a call that has ended does not run again because old news came late', () => {
  const [row] = mergeCalls([call('a', 1, 'succeeded')], [call('a', 1, 'running')])
  assert.equal(row?.state, 'succeeded')
  const [ended] = mergeCalls([call('a', 1, 'running')], [call('a', 1, 'failed')])
  assert.equal(ended?.state, 'failed')
})

test('the oldest make room', () => {
  assert.deepEqual(ids(mergeCalls([call('b', 2), call('a', 1)], [call('c', 3)], 2)), ['c', 'b'])
})

test('nothing new leaves the rows as they are', () => {
  const rows = [call('a', 1)]
  assert.equal(mergeCalls(rows, []), rows)
})
