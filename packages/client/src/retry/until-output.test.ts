import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationEvent } from '@dapr-chat/protocol'
import { stop, text } from '../../testing/scripted-transport.ts'
import { untilOutput } from './until-output.ts'

type Batch = readonly ConversationEvent[]

const head: ConversationEvent = { type: 'message-start', model: 'm' }
const { signal } = new AbortController()

/** Yields these, then throws where there is something to throw; tells how far it was read and whether it was closed. */
function source(list: readonly Batch[], failure?: Error) {
  const seen = { read: 0, closed: false }
  async function* play(): AsyncGenerator<Batch> {
    try {
      for (const batch of list) {
        seen.read++
        yield batch
      }
      if (failure) throw failure
    } finally {
      seen.closed = true
    }
  }
  return { seen, events: play() }
}

async function read(events: AsyncIterable<Batch>): Promise<Batch[]> {
  const all: Batch[] = []
  for await (const batch of events) all.push(batch)
  return all
}

test('an answer comes out as it went in', async () => {
  for (const list of [[[head], [text('a')], [text('b'), stop]], [[stop]], [[head]], []]) {
    assert.deepEqual(await read(await untilOutput(source(list).events, signal)), list)
  }
})

test('a failure before the first output is thrown at once, one after it in its place', async () => {
  const failure = new Error('broken')
  await assert.rejects(untilOutput(source([[head]], failure).events, signal), failure)
  const events = await untilOutput(source([[head], [text('a')]], failure).events, signal)
  await assert.rejects(read(events), failure)
})

test('nothing is read beyond the first output, and leaving closes the source', async () => {
  const { seen, events } = source([[head], [text('a')], [text('b')], [stop]])
  const answer = await untilOutput(events, signal)
  assert.equal(seen.read, 2)
  for await (const batch of answer) if (batch.some(({ type }) => type === 'text-delta')) break
  assert.deepEqual(seen, { read: 2, closed: true })
})

test('a signal ends the wait for a source that says nothing', async () => {
  const controller = new AbortController()
  const silent: AsyncIterable<Batch> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }
  const waiting = untilOutput(silent, controller.signal)
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(waiting, reason)
})
