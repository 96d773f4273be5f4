import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationEvent } from '@dapr-chat/protocol'
import { AnswerStore, sizeOf } from './answer-store.ts'

const answer = [[{ type: 'finish', choice: 0, reason: 'stop' }]] as const
const roomy = { ttlMs: 100, maxEntries: 10, maxBytes: 8_000 }

test('an answer expires after its time, counted from when it was stored', () => {
  let now = 1_000
  const store = new AnswerStore(roomy, () => now)
  store.set('a', answer, 1)
  now += 60
  assert.equal(store.get('a'), answer)
  now += 60
  assert.equal(store.get('a'), undefined)
})

test('at a time of zero and below nothing is kept', () => {
  for (const ttlMs of [0, -1]) {
    const store = new AnswerStore({ ...roomy, ttlMs })
    store.set('a', answer, 1)
    assert.equal(store.get('a'), undefined)
  }
})

test('a fraction of a millisecond is time too', () => {
  const store = new AnswerStore({ ...roomy, ttlMs: 0.5 }, () => 1_000)
  store.set('a', answer, 1)
  assert.equal(store.get('a'), answer)
})

test('the answer unused for longest goes when there are too many', () => {
  const store = new AnswerStore({ ...roomy, maxEntries: 2 })
  store.set('a', answer, 1)
  store.set('b', answer, 1)
  store.get('a')
  store.set('c', answer, 1)
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => store.get(key) !== undefined),
    [true, false, true],
  )
})

test('the answers together stay below the bytes, and one alone below an eighth of them', () => {
  const store = new AnswerStore(roomy)
  const keys = Array.from({ length: 9 }, (_, index) => String(index))
  for (const key of keys) store.set(key, answer, 1_000)
  assert.equal(keys.filter((key) => store.get(key)).length, 8)
  store.set('large', answer, 1_001)
  assert.equal(store.get('large'), undefined)
  assert.equal(store.maxAnswerBytes, 1_000)
})

test('limits that leave no room are refused', () => {
  assert.throws(() => new AnswerStore({ ...roomy, maxEntries: 0 }), /"responseCacheMaxEntries" must be at least 1/)
  assert.throws(() => new AnswerStore({ ...roomy, maxBytes: -1 }), /"responseCacheMaxBytes" must be at least 1/)
})

test('sizeOf() grows with the texts and the number of events', () => {
  const delta = (text: string): ConversationEvent => ({ type: 'text-delta', choice: 0, text })
  assert.equal(sizeOf([delta('x'.repeat(1_000))]) - sizeOf([delta('')]), 2_000)
  assert.ok(sizeOf([delta('a'), delta('b')]) > sizeOf([delta('ab')]))
  assert.ok(sizeOf([]) > 0)
})
