import assert from 'node:assert/strict'
import { test } from 'node:test'
import { create, toJson } from '@bufbuild/protobuf'
import { ConversationError } from '../error.ts'
import {
  ConversationRequestAlpha2Schema,
  ConversationRequestSchema,
  ConversationResponseAlpha2Schema,
  ConversationResponseSchema,
} from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { readRequestJson, readResponseJson, writeJson } from './protojson.ts'

const utf8 = new TextEncoder()

function alpha2(body: string | Uint8Array) {
  return readRequestJson(ConversationRequestAlpha2Schema, body)
}

function alpha1(body: string) {
  return readRequestJson(ConversationRequestSchema, body)
}

function isMalformed(error: unknown): boolean {
  assert.ok(error instanceof ConversationError)
  assert.equal(error.code, 'malformed_request')
  assert.match(error.message, /^failed deserializing HTTP body: proto: ./)
  return true
}

const user = '"messages":[{"ofUser":{"content":[{"text":"x"}]}}]'

/** A string value with an escaped name of a member in it, as an argument of a tool call has it. */
const quoted = JSON.stringify('{"name":"a","name":"b"}')

const refused: Record<string, string | Uint8Array> = {
  'whitespace only': '  \n',
  null: 'null',
  'an array': '[]',
  'a scalar': '7',
  'a string': '"x"',
  'trailing bytes': '{} x',
  'a second object': '{}{}',
  'a trailing comma': '{"name":"x",}',
  'a comment': '{/*c*/}',
  'single quotes': "{'name':'x'}",
  'an unpaired high surrogate': '{"name":"\\ud83d"}',
  'an unpaired low surrogate': '{"name":"\\uDE00x"}',
  'an unpaired surrogate in an unknown member': '{"zzz":["\\ud83d"]}',
  'an unpaired surrogate in a name': '{"\\ud83d":1}',
  'invalid UTF-8': new Uint8Array([...utf8.encode('{"name":"'), 0xff, ...utf8.encode('"}')]),
  'a byte-order mark': '\ufeff{}',
  'a duplicated field': '{"name":"a","name":"b"}',
  'a duplicated field with an escape in its name': '{"name":"a","n\\u0061me":"b"}',
  'a duplicated field in a nested message': `{"inputs":[{${user},${user}}]}`,
  'a duplicated field behind a string full of quotes': `{"metadata":{"a":${quoted}},"name":"a","name":"b"}`,
  'a duplicated field behind an escaped quote': '{"zzz":"\\"","name":"a","name":"b"}',
  'a duplicated field behind an escaped backslash': '{"zzz":"\\\\","name":"a","name":"b"}',
  'both spellings of a field': '{"contextId":"a","context_id":"b"}',
  'both spellings of a field, with a lenient one': '{"contextID":"a","context_id":"b"}',
  'a duplicated key of a map': '{"metadata":{"a":"1","a":"2"}}',
  'a duplicated key of a Struct': '{"responseFormat":{"type":"object","type":"object"}}',
  'a duplicated key in a Struct in a Struct': '{"responseFormat":{"a":[{"b":1,"b":2}]}}',
  'two members of a oneof': '{"inputs":[{"messages":[{"ofUser":{},"ofSystem":{}}]}]}',
  'null in an array': '{"inputs":[null]}',
  'null in a map': '{"metadata":{"a":null}}',
  'a number for a string': '{"name":7}',
  'a bool for a string': '{"name":true}',
  'an object for a string': '{"name":{}}',
  'a quoted bool': '{"scrubPii":"true"}',
  'a number for a bool': '{"scrubPii":1}',
  'a double that is too large': '{"temperature":1e400}',
  'a word for a double': '{"temperature":"warm"}',
  'a hexadecimal string for a double': '{"temperature":"0x10"}',
  'a fraction for an integer': '{"maxTokens":1.5}',
  'a hexadecimal string for an integer': '{"maxTokens":"0x10"}',
  'an integer out of range': '{"maxTokens":2147483648}',
  'a number in a map of strings': '{"metadata":{"a":1}}',
  'an object for an array': '{"inputs":{}}',
  'a string for content': '{"inputs":[{"messages":[{"ofUser":{"content":"x"}}]}]}',
  'strings for content parts': '{"inputs":[{"messages":[{"ofUser":{"content":["x"]}}]}]}',
  'an object for arguments':
    '{"inputs":[{"messages":[{"ofAssistant":{"toolCalls":[{"function":{"arguments":{}}}]}}]}]}',
  'a string for a Struct': '{"responseFormat":"x"}',
  'an array for a Struct': '{"responseFormat":[]}',
  'a Go duration': '{"promptCacheRetention":"24h"}',
  'a number for a duration': '{"promptCacheRetention":86400}',
  'an object for a duration': '{"promptCacheRetention":{"seconds":1}}',
  'a duration with ten decimals': '{"promptCacheRetention":"1.1234567890s"}',
  'a duration with a zero in front': '{"promptCacheRetention":"01s"}',
  'a duration that is a sign alone': '{"promptCacheRetention":"+s"}',
  'null in a wrapper': '{"parameters":{"a":{"@type":"x/google.protobuf.StringValue","value":null}}}',
  'an Empty with a number': '{"parameters":{"a":{"@type":"x/google.protobuf.Empty","value":5}}}',
  'a 64-bit integer with a plus': '{"parameters":{"a":{"@type":"x/google.protobuf.Int64Value","value":"+5"}}}',
  'a duration with more behind it': '{"promptCacheRetention":"1sx"}',
  'a duration out of range': '{"promptCacheRetention":"315576000001s"}',
  'a scalar parameter': '{"parameters":{"max_tokens":100}}',
  'an array parameter': '{"parameters":{"stop":["a"]}}',
  'a parameter of an unknown type': '{"parameters":{"a":{"@type":"type.googleapis.com/x.Y"}}}',
  'a parameter of a well-known type without value':
    '{"parameters":{"a":{"@type":"type.googleapis.com/google.protobuf.Struct"}}}',
  'a parameter with an empty type': '{"parameters":{"a":{"@type":"","value":1}}}',
  'nesting beyond all reason': `{"responseFormat":${'{"a":'.repeat(5000)}1${'}'.repeat(5001)}`,
}

for (const [name, body] of Object.entries(refused)) {
  test(`refuses ${name}`, () => {
    assert.throws(() => alpha2(body), isMalformed)
  })
}

const accepted: Record<string, [body: string, canonical: object]> = {
  'no bytes at all': ['', {}],
  'an empty object': ['{}', {}],
  'space around': [' {\n"name" : "x" }\n', { name: 'x' }],
  'null for any field': ['{"name":null,"inputs":null,"metadata":null,"responseFormat":null}', {}],
  'unknown members at any level': [
    '{"zzz":1,"inputs":[{"q":[],"messages":[{"role":"user","ofUser":{"content":[{"type":"text","text":"x"}]}}]}]}',
    { inputs: [{ messages: [{ ofUser: { content: [{ text: 'x' }] } }] }] },
  ],
  'duplicates of unknown members': ['{"zzz":1,"zzz":{"name":1,"name":2},"name":"x"}', { name: 'x' }],
  'the same name in two objects': [
    '{"inputs":[{"scrubPii":true},{"scrubPii":true}]}',
    { inputs: [{ scrubPii: true }, { scrubPii: true }] },
  ],
  'a string full of quotes and colons': [`{"name":${quoted}}`, { name: '{"name":"a","name":"b"}' }],
  'null beside the set member of a oneof': [
    '{"inputs":[{"messages":[{"ofUser":null,"ofSystem":{}}]}]}',
    { inputs: [{ messages: [{ ofSystem: {} }] }] },
  ],
  'snake_case everywhere': [
    JSON.stringify({
      context_id: 'c',
      scrub_pii: true,
      tool_choice: 'auto',
      response_format: { type: 'object' },
      prompt_cache_retention: '86400s',
      inputs: [
        {
          scrub_pii: true,
          messages: [
            { of_developer: {} },
            { of_system: {} },
            { of_user: {} },
            { of_assistant: { tool_calls: [{ id: 'i', function: { name: 'f' } }] } },
            { of_tool: { tool_id: 't' } },
          ],
        },
      ],
    }),
    {
      contextId: 'c',
      inputs: [
        {
          messages: [
            { ofDeveloper: {} },
            { ofSystem: {} },
            { ofUser: {} },
            { ofAssistant: { toolCalls: [{ id: 'i', function: { name: 'f' } }] } },
            { ofTool: { toolId: 't' } },
          ],
          scrubPii: true,
        },
      ],
      scrubPii: true,
      toolChoice: 'auto',
      responseFormat: { type: 'object' },
      promptCacheRetention: '86400s',
    },
  ],
  "alpha1's capitals": [
    '{"contextID":"c","scrubPII":true,"inputs":[{"scrubPII":true}]}',
    { contextId: 'c', inputs: [{ scrubPii: true }], scrubPii: true },
  ],
  'numbers as strings': ['{"temperature":"0.5","maxTokens":"1e2"}', { temperature: 0.5, maxTokens: 100 }],
  'a double by name': ['{"temperature":"NaN"}', { temperature: 'NaN' }],
  'an explicit zero and false': ['{"temperature":0,"scrubPii":false}', { scrubPii: false, temperature: 0 }],
  'a paired surrogate': ['{"name":"\\ud83d\\ude00"}', { name: '😀' }],
  'an escaped backslash before u': ['{"name":"\\\\ud83d"}', { name: '\\ud83d' }],
  'fractions of a second': ['{"promptCacheRetention":"1.5s"}', { promptCacheRetention: '1.500s' }],
  'a negative duration': ['{"promptCacheRetention":"-3s"}', { promptCacheRetention: '-3s' }],
  'a duration with a plus and no digits before the point': [
    '{"promptCacheRetention":"+.5s"}',
    { promptCacheRetention: '0.500s' },
  ],
  'a duration with no digits behind the point': ['{"promptCacheRetention":"1.s"}', { promptCacheRetention: '1s' }],
  'floats and Empty as Go writes them': [
    JSON.stringify({
      parameters: {
        a: {
          '@type': 'x/google.protobuf.Any',
          value: { '@type': 'type.googleapis.com/google.protobuf.FloatValue', value: 0.1 },
        },
        e: { '@type': 'x/google.protobuf.Empty' },
        f: { '@type': 'x/google.protobuf.FloatValue', value: 123_456_789 },
        n: { '@type': 'x/google.protobuf.FloatValue', value: 'NaN' },
      },
    }),
    {
      parameters: {
        a: {
          '@type': 'x/google.protobuf.Any',
          value: { '@type': 'type.googleapis.com/google.protobuf.FloatValue', value: 0.1 },
        },
        e: { '@type': 'x/google.protobuf.Empty', value: {} },
        f: { '@type': 'x/google.protobuf.FloatValue', value: 123_456_790 },
        n: { '@type': 'x/google.protobuf.FloatValue', value: 'NaN' },
      },
    },
  ],
  'one empty content part': [
    '{"inputs":[{"messages":[{"ofUser":{"content":[{}]}}]}]}',
    { inputs: [{ messages: [{ ofUser: { content: [{}] } }] }] },
  ],
  'an empty tool and an empty tool call': [
    '{"tools":[{}],"inputs":[{"messages":[{"ofAssistant":{"toolCalls":[{}]}}]}]}',
    { inputs: [{ messages: [{ ofAssistant: { toolCalls: [{}] } }] }], tools: [{}] },
  ],
  'an empty Any, and one without a type': [
    '{"parameters":{"a":{},"b":{"value":"x"}}}',
    { parameters: { a: {}, b: {} } },
  ],
  'typed parameters from any host': [
    JSON.stringify({
      parameters: {
        z: { '@type': 'example.com/google.protobuf.Int64Value', value: 100 },
        a: { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: 'x' },
        e: { '@type': 'type.googleapis.com/google.protobuf.Int64Value', value: '1e2' },
        d: { '@type': 'type.googleapis.com/google.protobuf.Duration', value: '1s' },
        s: { '@type': 'type.googleapis.com/google.protobuf.Struct', value: { b: 1, a: { d: 1, c: 2 } } },
        l: { '@type': 'type.googleapis.com/google.protobuf.ListValue', value: [1, 'x', null] },
        v: { '@type': 'type.googleapis.com/google.protobuf.Value', value: null },
        m: { '@type': 'type.googleapis.com/dapr.proto.runtime.v1.SetMetadataRequest', key: 'k' },
      },
    }),
    {
      parameters: {
        a: { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: 'x' },
        d: { '@type': 'type.googleapis.com/google.protobuf.Duration', value: '1s' },
        e: { '@type': 'type.googleapis.com/google.protobuf.Int64Value', value: '100' },
        l: { '@type': 'type.googleapis.com/google.protobuf.ListValue', value: [1, 'x', null] },
        m: { '@type': 'type.googleapis.com/dapr.proto.runtime.v1.SetMetadataRequest', key: 'k' },
        s: { '@type': 'type.googleapis.com/google.protobuf.Struct', value: { a: { c: 2, d: 1 }, b: 1 } },
        v: { '@type': 'type.googleapis.com/google.protobuf.Value', value: null },
        z: { '@type': 'example.com/google.protobuf.Int64Value', value: '100' },
      },
    },
  ],
  'a key that is a name of the prototype': [
    '{"metadata":{"__proto__":"x"}}',
    JSON.parse('{"metadata":{"__proto__":"x"}}'),
  ],
}

for (const [name, [body, canonical]] of Object.entries(accepted)) {
  test(`accepts ${name}`, () => {
    assert.deepEqual(
      toSorted(writeJson(ConversationRequestAlpha2Schema, alpha2(body))),
      toSorted(JSON.stringify(canonical)),
    )
    assert.deepEqual(JSON.parse(writeJson(ConversationRequestAlpha2Schema, alpha2(utf8.encode(body)))), canonical)
  })
}

/** Keys in order, so that a comparison sees an own member with a name of the prototype. */
function toSorted(json: string): unknown {
  return Object.entries(JSON.parse(json))
    .map(([key, value]) => [key, JSON.stringify(value)])
    .sort()
}

test('alpha1 takes all four spellings of its two capital names', () => {
  for (const context of ['contextID', 'contextId', 'context_id']) {
    for (const scrub of ['scrubPII', 'scrubPii', 'scrub_pii']) {
      const message = alpha1(
        JSON.stringify({ [context]: 'c', [scrub]: true, inputs: [{ content: 'x', [scrub]: true }] }),
      )
      assert.equal(message.contextID, 'c')
      assert.equal(message.scrubPII, true)
      assert.equal(message.inputs[0]?.scrubPII, true)
    }
  }
  assert.throws(() => alpha1('{"contextId":"a","contextID":"b"}'), isMalformed)
  assert.throws(() => alpha1('{"scrubPII":"true"}'), isMalformed)
})

test('writes the keys of maps and Structs sorted and fields in their order', () => {
  const body =
    '{"inputs":[],"name":"n","metadata":{"b":"1","a":"2"},"responseFormat":{"z":{"d":1,"c":[{"y":1,"x":2}]},"a":null}}'
  assert.equal(
    writeJson(ConversationRequestAlpha2Schema, alpha2(body)),
    '{"name":"n","metadata":{"a":"2","b":"1"},"responseFormat":{"a":null,"z":{"c":[{"x":2,"y":1}],"d":1}}}',
  )
})

test('writes < > & as they are and large integers without loss', () => {
  const message = create(ConversationResponseAlpha2Schema, {
    outputs: [
      {
        choices: [{ message: { content: '<a> & b' } }],
        usage: { totalTokens: 18446744073709551615n },
      },
    ],
  })
  assert.equal(
    writeJson(ConversationResponseAlpha2Schema, message),
    '{"outputs":[{"choices":[{"message":{"content":"<a> & b"}}],"usage":{"totalTokens":"18446744073709551615"}}]}',
  )
})

test('echoes untyped and empty Any values of alpha1 as empty objects', () => {
  const message = create(ConversationResponseSchema, {
    outputs: [{ parameters: { a: { typeUrl: '', value: new TextEncoder().encode('{"x":1}') } } }],
  })
  assert.equal(writeJson(ConversationResponseSchema, message), '{"outputs":[{"parameters":{"a":{}}}]}')
})

test('an answer that does not parse is an error of the protocol', () => {
  assert.throws(
    () => readResponseJson(ConversationResponseAlpha2Schema, '<html>'),
    (error) => error instanceof ConversationError && error.code === 'protocol',
  )
  const answer = readResponseJson(ConversationResponseAlpha2Schema, '{"outputs":[{"model":"m","new":1}]}')
  assert.deepEqual(toJson(ConversationResponseAlpha2Schema, answer), { outputs: [{ model: 'm' }] })
})

test('a body of four mebibytes with an image is read', () => {
  const data = 'QUJD'.repeat(1 << 20)
  const body = JSON.stringify({
    inputs: [{ messages: [{ ofUser: { content: [{ image: { data, mediaType: 'image/png' } }] } }] }],
  })
  const message = alpha2(body).inputs[0]?.messages[0]?.messageTypes
  assert.equal(message?.case, 'ofUser')
  const media = message.value.content[0]?.media
  assert.equal(media?.case, 'image')
  assert.equal(media.value.source.case, 'data')
  assert.equal(media.value.source.value.length, 3 << 20)
})
