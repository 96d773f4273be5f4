import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationCall, ConversationRequest, JsonValue } from '@dapr-chat/protocol'
import fc from 'fast-check'
import { callOf } from '../../../testing/index.ts'
import { canonicalJson } from './canonical-json.ts'
import { requestKey } from './request-key.ts'

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>

/** The same value with the members of every object in reverse. */
function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  )
}

test('canonicalJson() does not depend on the order of members', () => {
  fc.assert(fc.property(json, (value) => assert.equal(canonicalJson(reversed(value)), canonicalJson(value))))
})

test('canonicalJson() writes two values alike only if they are the same JSON', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      // What canonicalJson writes for JSON is JSON, and reads back as the value: so it tells all values apart.
      for (const value of [a, b]) assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('canonicalJson() tells bytes and unusual numbers from everything that JSON can say', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  const alike = [
    bytes,
    Uint8Array.of(1, 2),
    [1, 2, 3],
    { 0: 1, 1: 2, 2: 3 },
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
  ]
  const texts = [...alike, 'NaN', canonicalJson(bytes)].map(canonicalJson)
  assert.equal(new Set(texts).size, texts.length)
  assert.equal(canonicalJson(Uint8Array.of(1, 2, 3)), canonicalJson(Buffer.from([1, 2, 3])))
})

const full: Required<ConversationRequest> = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello?' }] }],
  contextId: 'one',
  scrub: { messages: [], output: false },
  model: 'a',
  temperature: 0.5,
  maxTokens: 100,
  tools: [{ name: 'now', parameters: { type: 'object' } }],
  toolChoice: 'auto',
  responseFormat: { type: 'json_object' },
  promptCacheRetentionMs: 1,
  parameters: { seed: 1 },
  metadata: { purpose: 'test' },
}

const changed: { readonly [K in Exclude<keyof ConversationRequest, 'contextId'>]: ConversationRequest[K] } = {
  messages: [
    { role: 'user', content: [{ type: 'image', source: { data: Uint8Array.of(1), mediaType: 'image/png' } }] },
  ],
  scrub: { messages: [], output: true },
  model: 'b',
  temperature: 0.6,
  maxTokens: 101,
  tools: [{ name: 'now', parameters: { type: 'object', required: [] } }],
  toolChoice: 'none',
  responseFormat: { type: 'json_schema', name: 'x', schema: {} },
  promptCacheRetentionMs: 2,
  parameters: { seed: 2 },
  metadata: { purpose: 'other' },
}

test('requestKey() differs in every field of a request but the context id', () => {
  const call: ConversationCall = { ...callOf(), request: full }
  const keys = new Set([requestKey(call, undefined)])
  for (const [name, value] of Object.entries(changed)) {
    const { [name as keyof ConversationRequest]: _, ...without } = full
    keys.add(requestKey({ ...call, request: { ...full, [name]: value } }, undefined))
    keys.add(requestKey({ ...call, request: without as ConversationRequest }, undefined))
  }
  assert.equal(keys.size, 1 + 2 * Object.keys(changed).length)
  keys.add(requestKey({ ...call, request: { ...full, contextId: 'two' } }, undefined))
  assert.equal(keys.size, 1 + 2 * Object.keys(changed).length)
})

test('requestKey() holds the caller, the component and the model that is really asked', () => {
  const call = callOf()
  const key = requestKey(call, 'a')
  assert.notEqual(requestKey({ ...call, caller: { id: 'another' } }, 'a'), key)
  assert.notEqual(requestKey({ ...call, component: 'another' }, 'a'), key)
  assert.notEqual(requestKey(call, 'b'), key)
  assert.equal(requestKey({ ...call, request: { ...call.request, model: 'a' } }, 'b'), key)
})

test('requestKey() holds the bytes of media', () => {
  const ask = (data: Uint8Array) =>
    callOf({ messages: [{ role: 'user', content: [{ type: 'image', source: { data, mediaType: 'image/png' } }] }] })
  assert.equal(requestKey(ask(Uint8Array.of(1, 2)), 'a'), requestKey(ask(Uint8Array.of(1, 2)), 'a'))
  assert.notEqual(requestKey(ask(Uint8Array.of(1, 2)), 'a'), requestKey(ask(Uint8Array.of(1, 3)), 'a'))
})
