import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError, type ConversationEvent, type Converse } from '@dapr-chat/protocol'
import { callOf } from '../../../testing/index.ts'
import { responseCache } from './response-cache.ts'

const options = {
  ttlMs: 60_000,
  maxEntries: 10,
  maxBytes: 1_000_000,
  component: 'test',
  model: undefined,
  metrics: { recordCacheLookup: () => {} },
}

/** A component that answers with these batches, behind a cache, and how often it was asked. */
function cached(batches: readonly (readonly ConversationEvent[])[], more: Partial<typeof options> = {}) {
  let asked = 0
  const provider: Converse = async function* () {
    asked++
    yield* batches
  }
  const converse = responseCache({ ...options, ...more })(provider)
  return { converse, asked: () => asked }
}

const words = (count: number): (readonly ConversationEvent[])[] => [
  ...Array.from({ length: count }, (_, index) => [{ type: 'text-delta' as const, choice: 0, text: `${index} ` }]),
  [{ type: 'finish', choice: 0, reason: 'stop' }],
]

async function batchesOf(stream: AsyncIterable<readonly ConversationEvent[]>) {
  const batches: (readonly ConversationEvent[])[] = []
  for await (const batch of stream) batches.push(batch)
  return batches
}

test('a hit is the batches of the original, one by one', async () => {
  const batches = words(300)
  const { converse, asked } = cached(batches)
  assert.deepEqual(await batchesOf(converse(callOf())), batches)
  assert.deepEqual(await batchesOf(converse(callOf())), batches)
  assert.equal(asked(), 1)
})

test('an answer whose reader leaves after the finish is not kept', async () => {
  const { converse, asked } = cached([
    ...words(2),
    [{ type: 'usage', usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2 } }],
  ])
  for await (const batch of converse(callOf())) if (batch.some(({ type }) => type === 'finish')) break
  await batchesOf(converse(callOf()))
  assert.equal(asked(), 2)
})

test('an answer to a call that was aborted is not kept, even where the provider did not notice', async () => {
  const { converse, asked } = cached(words(2))
  const caller = new AbortController()
  for await (const _ of converse(callOf({ signal: caller.signal })))
    caller.abort(new ConversationError('cancelled', 'gone'))
  await batchesOf(converse(callOf()))
  assert.equal(asked(), 2)
})

test('a hit ends when its call is aborted, with the reason', async () => {
  const { converse } = cached(words(2))
  await batchesOf(converse(callOf()))
  const caller = new AbortController()
  const stream = converse(callOf({ signal: caller.signal }))[Symbol.asyncIterator]()
  await stream.next()
  const reason = new ConversationError('cancelled', 'gone')
  caller.abort(reason)
  await assert.rejects(stream.next(), (error) => error === reason)
})

test('a long hit lets others have their turn', async () => {
  const { converse } = cached(words(1_000))
  await batchesOf(converse(callOf()))
  let others = 0
  const immediate = (): void => {
    others++
    turn = setImmediate(immediate)
  }
  let turn = setImmediate(immediate)
  await batchesOf(converse(callOf()))
  clearImmediate(turn)
  assert.ok(others > 5, `${others} turns`)
})

test('an answer that is too large is not kept, and passes unharmed', async () => {
  const batches = words(1_000)
  const { converse, asked } = cached(batches, { maxBytes: 10_000 })
  assert.deepEqual(await batchesOf(converse(callOf())), batches)
  assert.deepEqual(await batchesOf(converse(callOf())), batches)
  assert.equal(asked(), 2)
})

test('a choice that never finished is not kept', async () => {
  const { converse, asked } = cached([[{ type: 'text-delta', choice: 1, text: 'half' }], ...words(1)])
  await batchesOf(converse(callOf()))
  await batchesOf(converse(callOf()))
  assert.equal(asked(), 2)
})
