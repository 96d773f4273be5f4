import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf'
import type { ConversationEvent } from '@dapr-chat/protocol'
import { ConversationError } from '@dapr-chat/protocol'
import fc from 'fast-check'
import { batches } from '../../testing/arbitraries.ts'
import { ConversationStreamResponseAlpha2Schema as schema } from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { Alpha2StreamWriter } from './stream-alpha2.ts'
import type { ReadableFrame } from './stream-alpha2-reader.ts'
import { Alpha2StreamReader } from './stream-alpha2-reader.ts'
import type { StreamFrame } from './stream-frame.ts'

function writeJsonFrames(stream: readonly ConversationEvent[][], contextId?: string): StreamFrame[] {
  const writer = new Alpha2StreamWriter(contextId)
  return [...stream.flatMap((batch) => writer.json(batch)), ...writer.endJson()]
}

function readAll(frames: readonly ReadableFrame[]): ConversationEvent[] {
  const reader = new Alpha2StreamReader()
  const events = frames.flatMap((frame) => reader.read(frame))
  reader.end()
  return events
}

test('every stream survives protojson', () => {
  fc.assert(
    fc.property(batches, (stream) => {
      const frames: StreamFrame[] = JSON.parse(JSON.stringify(writeJsonFrames(stream, 'c')))
      assert.deepEqual(readAll(frames), stream.flat())
    }),
  )
})

test('every stream survives protobuf', () => {
  fc.assert(
    fc.property(batches, (stream) => {
      const writer = new Alpha2StreamWriter()
      const frames = [...stream.flatMap((batch) => writer.binary(batch)), ...writer.endBinary()]
      assert.deepEqual(readAll(frames.map((frame) => fromBinary(schema, frame))), stream.flat())
    }),
  )
})

test('the plain objects are what protobuf-es writes for the same message', () => {
  fc.assert(
    fc.property(batches, (stream) => {
      for (const frame of writeJsonFrames(stream, 'c')) {
        const json = JSON.parse(JSON.stringify(frame))
        assert.deepEqual(toJson(schema, fromJson(schema, json)), json)
      }
    }),
  )
})

test('the bytes are what protobuf-es writes for the same message', () => {
  fc.assert(
    fc.property(batches, (stream) => {
      const writer = new Alpha2StreamWriter('c')
      const binary = [...stream.flatMap((batch) => writer.binary(batch)), ...writer.endBinary()]
      const expected = writeJsonFrames(stream, 'c').map((frame) =>
        toBinary(schema, fromJson(schema, { ...frame } as never)),
      )
      assert.deepEqual(binary, expected)
    }),
  )
})

test('one token is one frame, and the first carries what is said once', () => {
  const writer = new Alpha2StreamWriter('c')
  assert.deepEqual(writer.json([{ type: 'message-start', id: 'a', model: 'm' }]), [])
  const frames = writer.json([
    { type: 'text-delta', choice: 0, text: 'Hello' },
    { type: 'text-delta', choice: 0, text: ' world' },
    { type: 'text-delta', choice: 1, text: 'Hi' },
  ])
  assert.deepEqual(frames, [
    { contextId: 'c', choices: [{ delta: { role: 'assistant', content: 'Hello' } }], model: 'm', id: 'a' },
    { choices: [{ delta: { content: ' world' } }] },
    { choices: [{ index: 1, delta: { content: 'Hi' } }] },
  ])
})

test('usage is held back and only the last one is written', () => {
  const writer = new Alpha2StreamWriter()
  const usage = (totalTokens: number) => ({ promptTokens: 0, completionTokens: totalTokens, totalTokens })
  const frames = writer.json([
    { type: 'usage', usage: usage(1) },
    { type: 'finish', choice: 0, reason: 'stop' },
    { type: 'usage', usage: usage(2) },
  ])
  assert.deepEqual(frames, [{ choices: [{ delta: { role: 'assistant' }, finishReason: 'stop' }] }])
  assert.deepEqual(writer.endJson(), [{ usage: { completionTokens: '2', totalTokens: '2' } }])
})

test('a stream without usage has no frame at its end', () => {
  assert.deepEqual(new Alpha2StreamWriter().endJson(), [])
  assert.deepEqual(new Alpha2StreamWriter().endBinary(), [])
})

test('the context id of the first frame is kept', () => {
  const reader = new Alpha2StreamReader()
  reader.read({ contextId: 'c', choices: [{ finishReason: 'stop' }] })
  reader.read({ usage: {} })
  assert.equal(reader.contextId, 'c')
  reader.end()
})

test('a finish ends the calls that no frame has ended', () => {
  const events = readAll([
    {
      choices: [
        {
          delta: {
            toolCalls: [
              { id: 'a', name: 'f' },
              { index: 1, id: 'b', name: 'g' },
            ],
          },
        },
      ],
    },
    { choices: [{ delta: { toolCalls: [{ index: 1, arguments: '{}', complete: true }] } }] },
    { choices: [{ finishReason: 'tool_calls' }] },
  ])
  assert.deepEqual(
    events.map(({ type }) => type),
    [
      'message-start',
      'tool-call-start',
      'tool-call-start',
      'tool-call-delta',
      'tool-call-end',
      'tool-call-end',
      'finish',
    ],
  )
  assert.deepEqual(events.at(-2), { type: 'tool-call-end', choice: 0, index: 0 })
})

test('a signature is read without any thinking beside it, and an empty one is none', () => {
  const events = readAll([
    { choices: [{ delta: { reasoningSignature: 's1' } }] },
    { choices: [{ delta: { reasoning: 'hm', reasoningSignature: '' } }] },
    { choices: [{ delta: { toolCalls: [{ id: 'a', name: 'f', signature: '' }] }, finishReason: 'stop' }] },
  ])
  assert.deepEqual(events.slice(1, 4), [
    { type: 'reasoning-delta', choice: 0, text: '', signature: 's1' },
    { type: 'reasoning-delta', choice: 0, text: 'hm' },
    { type: 'tool-call-start', choice: 0, index: 0, id: 'a', name: 'f' },
  ])
})

const cut: Record<string, ReadableFrame[]> = {
  'before the first frame': [],
  'after text': [{ choices: [{ delta: { content: 'x' } }] }],
  'after one of two choices': [
    { choices: [{ finishReason: 'stop' }] },
    { choices: [{ index: 1, delta: { content: 'x' } }] },
  ],
}

for (const [name, frames] of Object.entries(cut)) {
  test(`a stream that is cut ${name} is interrupted`, () => {
    assert.throws(
      () => readAll(frames),
      (error) => error instanceof ConversationError && error.code === 'interrupted',
    )
  })
}

const strange: Record<string, unknown> = {
  null: null,
  'a string': 'x',
  'choices that are no array': { choices: {} },
  'a choice that is no object': { choices: [1] },
  'an index that is no number': { choices: [{ index: '1' }] },
  'content that is no string': { choices: [{ delta: { content: 1 } }] },
  'tool calls that are no array': { choices: [{ delta: { toolCalls: {} } }] },
  'arguments that are no string': { choices: [{ delta: { toolCalls: [{ arguments: {} }] } }] },
  'a signature of thinking that is no string': { choices: [{ delta: { reasoningSignature: 1 } }] },
  'a signature of a call that is no string': { choices: [{ delta: { toolCalls: [{ signature: {} }] } }] },
}

for (const [name, frame] of Object.entries(strange)) {
  test(`a frame that is ${name} is an error of the protocol`, () => {
    assert.throws(
      () => new Alpha2StreamReader().read(frame as ReadableFrame),
      (error) => error instanceof ConversationError && error.code === 'protocol',
    )
  })
}
