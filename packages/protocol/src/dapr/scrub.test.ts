import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAlpha1Request } from './alpha1.ts'
import { readAlpha2Request, writeAlpha2Request } from './alpha2-request.ts'
import { ConversationRequestAlpha2Schema, ConversationRequestSchema } from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { readRequestJson, writeJson } from './protojson.ts'

const said = (text: string) => ({ ofUser: { content: [{ text }] } })
const alpha2 = (body: object) =>
  readAlpha2Request(readRequestJson(ConversationRequestAlpha2Schema, JSON.stringify(body))).scrub
const alpha1 = (body: object) =>
  readAlpha1Request(readRequestJson(ConversationRequestSchema, JSON.stringify(body))).scrub

test('the flag of an alpha2 input marks all of its messages and no others', () => {
  const inputs = [
    { messages: [said('a')] },
    { messages: [said('b'), said('c')], scrubPii: true },
    { messages: [said('d')], scrubPii: false },
    { messages: [said('e')], scrubPii: true },
  ]
  assert.deepEqual(alpha2({ inputs }), { messages: [1, 2, 4], output: false })
})

test('the flag of an alpha1 input marks the tool answers among its parts too', () => {
  const parts = [{ text: { text: 'b' } }, { toolResult: { toolCallId: 'i', name: 'f', content: 'c' } }]
  assert.deepEqual(alpha1({ inputs: [{ content: 'a' }, { scrubPII: true, parts }] }), {
    messages: [1, 2],
    output: false,
  })
})

test('the flag of a request marks the answer and no message', () => {
  assert.deepEqual(alpha2({ inputs: [{ messages: [said('a')] }], scrubPii: true }), { messages: [], output: true })
  assert.deepEqual(alpha1({ inputs: [{ content: 'a' }], scrubPII: true }), { messages: [], output: true })
})

test('without a flag, and with a flag of an input that says nothing, there is nothing to scrub', () => {
  assert.equal(alpha2({ inputs: [{ messages: [said('a')] }] }), undefined)
  assert.equal(alpha2({ inputs: [{ scrubPii: true }] }), undefined)
  assert.equal(alpha1({ inputs: [{ content: 'a' }] }), undefined)
})

test('messages are written in as few inputs as their marks allow', () => {
  const messages = ['a', 'b', 'c'].map((text) => ({
    role: 'user' as const,
    content: [{ type: 'text' as const, text }],
  }))
  const written = (marked: readonly number[]) =>
    JSON.parse(
      writeJson(
        ConversationRequestAlpha2Schema,
        writeAlpha2Request({ messages, scrub: { messages: marked, output: true } }, 'gpt'),
      ),
    )
  assert.deepEqual(written([0, 1, 2]), {
    name: 'gpt',
    inputs: [{ messages: [said('a'), said('b'), said('c')], scrubPii: true }],
    scrubPii: true,
  })
  assert.deepEqual(written([1]).inputs, [
    { messages: [said('a')] },
    { messages: [said('b')], scrubPii: true },
    { messages: [said('c')] },
  ])
})
