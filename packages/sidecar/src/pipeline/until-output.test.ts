import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationEvent } from '@dapr-chat/protocol'
import { untilOutput } from './until-output.ts'

const start: ConversationEvent = { type: 'message-start', model: 'm' }
const text = (value: string): ConversationEvent => ({ type: 'text-delta', choice: 0, text: value })
const finish: ConversationEvent = { type: 'finish', choice: 0, reason: 'stop' }

async function* stream(...batches: (ConversationEvent[] | Error)[]) {
  for (const batch of batches) {
    if (batch instanceof Error) throw batch
    yield batch
  }
}

test('untilOutput() holds the preamble until the first output comes', async () => {
  const { first, rest } = await untilOutput(stream([start], [text('a')], [text('b')], [finish]))
  assert.deepEqual(first, [start, text('a')])
  assert.deepEqual(await rest.next(), { done: false, value: [text('b')] })
})

test('untilOutput() lets a failure before the first output through', async () => {
  await assert.rejects(untilOutput(stream([start], new Error('refused'))), /refused/)
})

test('untilOutput() does not wait for output where the answer is empty', async () => {
  const { first } = await untilOutput(stream([start], [finish], [text('never read')]))
  assert.deepEqual(first, [start, finish])
})

test('untilOutput() gives what there is where the stream ends without output', async () => {
  const { first, rest } = await untilOutput(stream([start]))
  assert.deepEqual(first, [start])
  assert.equal((await rest.next()).done, true)
})
