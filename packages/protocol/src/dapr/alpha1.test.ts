import assert from 'node:assert/strict'
import { test } from 'node:test'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { ConversationResult, Message } from '@dapr-chat/protocol'
import { ConversationError } from '@dapr-chat/protocol'
import { readAlpha1Request, writeAlpha1Response } from './alpha1.ts'
import {
  ConversationRequestSchema as requestSchema,
  ConversationResponseSchema as responseSchema,
} from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { readRequestJson, writeJson } from './protojson.ts'

function read(json: object) {
  return readAlpha1Request(readRequestJson(requestSchema, JSON.stringify(json)))
}

function answer(text: string): ConversationResult {
  return { choices: [{ index: 0, text, reasoning: '', refusal: '', toolCalls: [], finishReason: 'stop' }] }
}

const roles: [role: string | undefined, expected: Message['role']][] = [
  [undefined, 'user'],
  ['', 'user'],
  ['user', 'user'],
  ['human', 'user'],
  ['USER', 'user'],
  ['system', 'system'],
  ['SYSTEM', 'system'],
  ['assistant', 'assistant'],
  ['ai', 'assistant'],
  ['tool', 'tool'],
  ['function', 'user'],
  ['generic', 'user'],
  ['something', 'user'],
]

for (const [role, expected] of roles) {
  test(`role ${role} is a message of the ${expected}`, () => {
    const [message] = read({ inputs: [{ content: 'x', role }] }).messages
    assert.equal(message?.role, expected)
    assert.deepEqual(message.content, [{ type: 'text', text: 'x' }])
    if (message.role === 'tool') assert.deepEqual([message.toolCallId, message.name], ['', ''])
  })
}

test('a request with every field is read', () => {
  assert.deepEqual(
    read({
      contextID: 'ctx-1',
      inputs: [{ content: 'What is Dapr?', role: 'user', scrubPII: true }],
      parameters: { max_tokens: { '@type': 'type.googleapis.com/google.protobuf.Int64Value', value: '100' } },
      metadata: { k: 'v' },
      scrubPII: true,
      temperature: 0.7,
    }),
    {
      messages: [{ role: 'user', content: [{ type: 'text', text: 'What is Dapr?' }] }],
      contextId: 'ctx-1',
      temperature: 0.7,
      parameters: { max_tokens: 100 },
      metadata: { k: 'v' },
      scrub: { messages: [0], output: true },
    },
  )
})

test('no inputs are refused', () => {
  assert.throws(
    () => read({ metadata: { model: 'daprGPT' } }),
    (error) => error instanceof ConversationError && error.code === 'missing_inputs',
  )
})

test('parts and tools of the stream are read', () => {
  assert.deepEqual(
    read({
      inputs: [
        { role: 'user', content: 'old', parts: [{ text: { text: 'a' } }, { text: { text: 'b' } }] },
        { role: 'assistant', parts: [{ toolCall: { id: 'i', type: 'function', name: 'f', arguments: '{}' } }] },
        { role: 'tool', parts: [{ toolResult: { toolCallId: 'i', name: 'f', content: 'r' } }] },
      ],
      tools: [{ type: 'function', name: 'f', description: 'd', parameters: '{"type":"object"}' }, { name: 'g' }],
    }),
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
        { role: 'assistant', content: [], toolCalls: [{ id: 'i', name: 'f', arguments: '{}' }] },
        { role: 'tool', content: [{ type: 'text', text: 'r' }], toolCallId: 'i', name: 'f' },
      ],
      tools: [{ name: 'f', description: 'd', parameters: { type: 'object' } }, { name: 'g' }],
    },
  )
})

for (const parameters of ['{', '[]', 'null']) {
  test(`a tool whose schema reads ${parameters} is refused`, () => {
    assert.throws(
      () => read({ inputs: [{ content: 'x' }], tools: [{ name: 'f', parameters }] }),
      (error) =>
        error instanceof ConversationError && error.code === 'invalid_params' && /tool f must/.test(error.message),
    )
  })
}

test('context id and parameters come back untouched', () => {
  const type = 'example.com/google.protobuf.Int64Value'
  const request = readRequestJson(
    requestSchema,
    JSON.stringify({ contextId: 'x', parameters: { b: { '@type': type, value: 1 }, a: {} } }),
  )
  assert.equal(
    writeJson(responseSchema, writeAlpha1Response(answer('hi'), request)),
    `{"contextID":"x","outputs":[{"result":"hi","parameters":{"a":{},"b":{"@type":"${type}","value":"1"}}}]}`,
  )
})

test("Java's untyped parameters come back over protobuf byte for byte", () => {
  const value = new TextEncoder().encode('{"a":1}')
  const request = create(requestSchema, { parameters: { p: { typeUrl: '', value } } })
  const bytes = toBinary(responseSchema, writeAlpha1Response(answer('hi'), request))
  assert.deepEqual(fromBinary(responseSchema, bytes).outputs[0]?.parameters.p?.value, value)
})

test('of several choices the first is shown, as by daprd', () => {
  const [first, second] = [answer('one'), answer('two')].flatMap(({ choices }) => choices)
  const choices = [first, second && { ...second, index: 1 }].filter((choice) => choice !== undefined)
  const request = create(requestSchema)
  assert.equal(writeJson(responseSchema, writeAlpha1Response({ choices }, request)), '{"outputs":[{"result":"one"}]}')
})

test('an empty answer is one empty output', () => {
  const request = create(requestSchema, { contextID: '' })
  assert.equal(writeJson(responseSchema, writeAlpha1Response(answer(''), request)), '{"outputs":[{}]}')
  assert.equal(writeJson(responseSchema, writeAlpha1Response({ choices: [] }, request)), '{"outputs":[{}]}')
})
