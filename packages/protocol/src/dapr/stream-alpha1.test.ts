import assert from 'node:assert/strict'
import { test } from 'node:test'
import { create, fromBinary, toBinary, toJson } from '@bufbuild/protobuf'
import type { ConversationEvent } from '@dapr-chat/protocol'
import { ConversationError, collect } from '@dapr-chat/protocol'
import fc from 'fast-check'
import { batches } from '../../testing/arbitraries.ts'
import {
  ConversationRequestSchema,
  ConversationStreamResponseSchema as schema,
} from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { Alpha1StreamWriter } from './stream-alpha1.ts'

const request = create(ConversationRequestSchema, { contextID: 'c', inputs: [{ content: 'x' }] })

function write(stream: readonly ConversationEvent[][]) {
  const writer = new Alpha1StreamWriter(request)
  return [...stream.flatMap((batch) => writer.messages(batch)), writer.end()]
}

test('text comes in chunks, tool calls in one at the end, then complete', () => {
  const messages = write([
    [
      { type: 'message-start' },
      { type: 'text-delta', choice: 0, text: 'Let me' },
      { type: 'text-delta', choice: 0, text: ' look.' },
      { type: 'tool-call-start', choice: 0, index: 0, id: 'a', name: 'f' },
      { type: 'tool-call-delta', choice: 0, index: 0, arguments: '{}' },
      { type: 'tool-call-end', choice: 0, index: 0 },
      { type: 'finish', choice: 0, reason: 'tool_calls' },
      { type: 'usage', usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3 } },
    ],
  ])
  const call = { toolCall: { id: 'a', type: 'function', name: 'f', arguments: '{}' } }
  assert.deepEqual(
    messages.map((message) => toJson(schema, message)),
    [
      { chunk: { parts: [{ text: { text: 'Let me' } }], chunkIndex: 0, isDelta: true } },
      { chunk: { parts: [{ text: { text: ' look.' } }], chunkIndex: 1, isDelta: true } },
      { chunk: { finishReason: 'tool_calls', parts: [call], chunkIndex: 2, isDelta: false } },
      {
        complete: {
          contextID: 'c',
          usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3 },
          outputs: [
            { result: 'Let me look.', finishReason: 'tool_calls', parts: [{ text: { text: 'Let me look.' } }, call] },
          ],
        },
      },
    ],
  )
})

test('an answer without text is one complete message', () => {
  const messages = write([[{ type: 'finish', choice: 0, reason: 'length' }]])
  assert.deepEqual(
    messages.map((message) => toJson(schema, message)),
    [{ complete: { contextID: 'c', outputs: [{ finishReason: 'length' }] } }],
  )
})

test('the chunks of every stream are its text, and complete comes last and once', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (stream) => {
      const messages = write(stream).map((message) => fromBinary(schema, toBinary(schema, message)))
      const answer = await collect(iterate(stream))
      const chunks = messages.flatMap(({ responseType: { case: type, value } }) => (type === 'chunk' ? [value] : []))
      const texts = chunks.flatMap(({ parts }) =>
        parts.map(({ contentType }) => (contentType.case === 'text' ? contentType.value.text : '')),
      )
      assert.equal(texts.join(''), answer.choices[0]?.text)
      assert.equal(chunks.length, messages.length - 1)
      const last = messages.at(-1)?.responseType
      assert.equal(last?.case, 'complete')
      assert.deepEqual(
        last.value.outputs.map((output) => output.result),
        answer.choices.map((choice) => choice.text),
      )
    }),
  )
})

async function* iterate(stream: readonly ConversationEvent[][]) {
  yield* stream
}

test('a stream without a finish reason has no complete message', () => {
  const writer = new Alpha1StreamWriter(request)
  writer.messages([{ type: 'text-delta', choice: 0, text: 'x' }])
  assert.throws(
    () => writer.end(),
    (error) => error instanceof ConversationError && error.code === 'interrupted',
  )
})
