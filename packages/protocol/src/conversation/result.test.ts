import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationEvent } from './event.ts'
import { isOutput } from './event.ts'
import { ResultFold } from './result.ts'

function choiceOf(events: readonly ConversationEvent[]) {
  const fold = new ResultFold()
  for (const event of events) fold.add(event)
  return fold.partial.choices[0]
}

test('the last signature of a choice holds, whatever thinking comes with it', () => {
  const choice = choiceOf([
    { type: 'reasoning-delta', choice: 0, text: 'h', signature: 's1' },
    { type: 'reasoning-delta', choice: 0, text: '', signature: 's2' },
    { type: 'reasoning-delta', choice: 0, text: 'm' },
  ])
  assert.deepEqual([choice?.reasoning, choice?.reasoningSignature], ['hm', 's2'])
})

test('a tool call keeps its signature, and nothing else has one', () => {
  const choice = choiceOf([
    { type: 'tool-call-start', choice: 0, index: 0, id: 'a', name: 'f', signature: 's' },
    { type: 'tool-call-start', choice: 0, index: 1, id: 'b', name: 'g' },
  ])
  assert.deepEqual(choice?.toolCalls, [
    { id: 'a', name: 'f', arguments: '', signature: 's' },
    { id: 'b', name: 'g', arguments: '' },
  ])
  assert.equal(choice !== undefined && 'reasoningSignature' in choice, false)
})

test('a signature without thinking is output: a caller who has it has the beginning of an answer', () => {
  assert.equal(isOutput({ type: 'reasoning-delta', choice: 0, text: '', signature: 's' }), true)
})
