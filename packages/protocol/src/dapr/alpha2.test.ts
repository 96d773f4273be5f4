import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { anyPack, BytesValueSchema, DurationSchema, StringValueSchema } from '@bufbuild/protobuf/wkt'
import { ConversationError } from '@dapr-chat/protocol'
import fc from 'fast-check'
import { request, result } from '../../testing/arbitraries.ts'
import { readAlpha2Request, writeAlpha2Request } from './alpha2-request.ts'
import { readAlpha2Response, writeAlpha2Response } from './alpha2-response.ts'
import {
  ConversationRequestAlpha2Schema as requestSchema,
  ConversationResponseAlpha2Schema as responseSchema,
} from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { readRequestJson, readResponseJson, writeJson } from './protojson.ts'
import { readUsage } from './usage.ts'

function read(json: object) {
  return readAlpha2Request(readRequestJson(requestSchema, JSON.stringify(json)))
}

function readAnswer(json: object) {
  return readAlpha2Response(readResponseJson(responseSchema, JSON.stringify(json)))
}

const inputs = [{ messages: [{ ofUser: { content: [{ text: 'hi' }] } }] }]

test('every request survives protojson and protobuf', () => {
  fc.assert(
    fc.property(request, (request) => {
      const wire = writeAlpha2Request(request, 'gpt')
      assert.equal(wire.name, 'gpt')
      assert.deepEqual(readAlpha2Request(readRequestJson(requestSchema, writeJson(requestSchema, wire))), request)
      assert.deepEqual(readAlpha2Request(fromBinary(requestSchema, toBinary(requestSchema, wire))), request)
    }),
  )
})

test('every answer survives protojson and protobuf', () => {
  fc.assert(
    fc.property(result, fc.option(fc.string({ minLength: 1 }), { nil: undefined }), (result, contextId) => {
      const wire = writeAlpha2Response(result, contextId)
      const expected = { result, ...(contextId !== undefined && { contextId }) }
      assert.deepEqual(readAlpha2Response(readResponseJson(responseSchema, writeJson(responseSchema, wire))), expected)
      assert.deepEqual(readAlpha2Response(fromBinary(responseSchema, toBinary(responseSchema, wire))), expected)
    }),
  )
})

const NO_TOOLS =
  "tool choice must be 'auto', 'none', 'required', or a specific tool name matching the tools available to be used"
const NOT_FOUND =
  "tool choice selected was not found. Must be 'auto', 'none', 'required', or a specific tool name matching the tools available to be used"
const tools = [{ function: { name: 'f' } }]
const noFunction = { ofAssistant: { toolCalls: [{ id: 'call_123' }] } }

const refused: Record<string, [body: object, code: string, message: string]> = {
  'no inputs': [{}, 'missing_inputs', 'missing inputs in request'],
  'no inputs before a wrong tool choice': [{ toolChoice: 'required' }, 'missing_inputs', 'missing inputs in request'],
  'a message of no type': [
    { inputs: [{ messages: [{ invalidField: {} }] }] },
    'invalid_params',
    'invalid params: message type cannot be nil',
  ],
  'a message whose type is null': [
    { inputs: [{ messages: [{ ofUser: null }] }] },
    'invalid_params',
    'invalid params: message type cannot be nil',
  ],
  'a tool call without a function': [
    { inputs: [{ messages: [noFunction] }] },
    'invalid_params',
    'invalid params: tool types cannot be nil',
  ],
  'the first wrong message first': [
    { inputs: [{ messages: [noFunction, {}] }] },
    'invalid_params',
    'invalid params: tool types cannot be nil',
  ],
  'a wrong message before a wrong tool choice': [
    { inputs: [{ messages: [{}] }], toolChoice: 'required' },
    'invalid_params',
    'invalid params: message type cannot be nil',
  ],
  'required without tools': [{ inputs, toolChoice: 'required' }, 'invalid_params', `invalid params: ${NO_TOOLS}`],
  'a tool that is not given': [{ inputs, tools, toolChoice: 'g' }, 'invalid_params', `invalid params: ${NOT_FOUND}`],
  'a tool in another case': [{ inputs, tools, toolChoice: 'F' }, 'invalid_params', `invalid params: ${NOT_FOUND}`],
  'a name beside tools of no kind': [
    { inputs, tools: [{}], toolChoice: 'f' },
    'invalid_params',
    `invalid params: ${NOT_FOUND}`,
  ],
  'no room for an answer': [
    { inputs, maxTokens: 0 },
    'invalid_params',
    'invalid params: max tokens must be greater than 0',
  ],
  'an image without a source': [
    { inputs: [{ messages: [{ ofUser: { content: [{ image: {} }] } }] }] },
    'invalid_params',
    'invalid params: image must have data or a url',
  ],
  'an image with an empty address': [
    { inputs: [{ messages: [{ ofUser: { content: [{ image: { url: '' } }] } }] }] },
    'invalid_params',
    'invalid params: image must have data or a url',
  ],
  'a file with empty data': [
    { inputs: [{ messages: [{ ofUser: { content: [{ file: { data: '', mediaType: 'application/pdf' } }] } }] }] },
    'invalid_params',
    'invalid params: file must have data or a url',
  ],
  'an unknown detail of an image': [
    { inputs: [{ messages: [{ ofUser: { content: [{ image: { url: 'https://a', detail: 'ultra' } }] } }] }] },
    'invalid_params',
    "invalid params: image detail must be 'auto', 'low' or 'high'",
  ],
  'audio without a media type': [
    { inputs: [{ messages: [{ ofUser: { content: [{ audio: { data: 'QUJD' } }] } }] }] },
    'invalid_params',
    'invalid params: audio data must have a media type',
  ],
}

for (const [name, [body, code, message]] of Object.entries(refused)) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => read(body),
      (error) => {
        assert.ok(error instanceof ConversationError)
        assert.deepEqual([error.code, error.message], [code, message])
        return true
      },
    )
  })
}

const choices: [toolChoice: string | undefined, tools: object[], expected: unknown][] = [
  [undefined, [], undefined],
  [undefined, tools, undefined],
  ['', tools, undefined],
  ['auto', [], 'auto'],
  ['none', [], 'none'],
  ['none', tools, 'none'],
  ['required', tools, 'required'],
  ['required', [{}], 'required'],
  ['g', [], { name: 'g' }],
  ['f', tools, { name: 'f' }],
]

for (const [toolChoice, tools, expected] of choices) {
  test(`tool choice ${toolChoice} beside ${tools.length} tools is ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(read({ inputs, tools, toolChoice }).toolChoice, expected)
  })
}

test('messages of all inputs are one conversation, each kind with what it has', () => {
  const { messages } = read({
    inputs: [
      {
        messages: [
          { ofSystem: { name: 'sys', content: [{ text: 'a' }] } },
          { ofDeveloper: { content: [{ text: 'b' }] } },
          { ofUser: { name: '', content: [{ text: 'c' }, { text: '' }] } },
        ],
      },
      {},
      {
        messages: [
          { ofAssistant: { content: [], toolCalls: [{ function: { name: 'f', arguments: 'x' } }], reasoning: 'r' } },
          { ofTool: { name: 'f', content: [{ text: 'd' }] } },
        ],
      },
    ],
  })
  assert.deepEqual(messages, [
    { role: 'system', content: [{ type: 'text', text: 'a' }], name: 'sys' },
    { role: 'developer', content: [{ type: 'text', text: 'b' }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'c' },
        { type: 'text', text: '' },
      ],
    },
    { role: 'assistant', content: [], toolCalls: [{ id: '', name: 'f', arguments: 'x' }], reasoning: 'r' },
    { role: 'tool', content: [{ type: 'text', text: 'd' }], toolCallId: '', name: 'f' },
  ])
})

test('parameters become plain JSON, in whichever type they come', () => {
  const type = (name: string, value: unknown) => ({ '@type': `type.googleapis.com/google.protobuf.${name}`, value })
  const { parameters } = read({
    inputs,
    parameters: {
      string: type('StringValue', 'x'),
      int64: type('Int64Value', '100'),
      wide: type('Int64Value', '9223372036854775807'),
      int32: type('Int32Value', 7),
      double: type('DoubleValue', 0.5),
      bool: type('BoolValue', false),
      bytes: type('BytesValue', 'QUJD'),
      struct: type('Struct', { a: [1, null] }),
      list: type('ListValue', ['x']),
      value: type('Value', null),
      duration: type('Duration', '1.5s'),
      float: type('FloatValue', 0.1),
      empty: {},
    },
  })
  assert.deepEqual(parameters, {
    string: 'x',
    int64: 100,
    wide: '9223372036854775807',
    int32: 7,
    double: 0.5,
    bool: false,
    bytes: 'QUJD',
    struct: { a: [1, null] },
    list: ['x'],
    value: null,
    duration: '1.500s',
    float: 0.1,
  })
})

test("Java's untyped parameters are read as JSON, and what cannot be read is left out", () => {
  const utf8 = new TextEncoder()
  const wire = create(requestSchema, {
    inputs: [{}],
    parameters: {
      json: { typeUrl: '', value: utf8.encode('{"a":1}') },
      broken: { typeUrl: '', value: utf8.encode('{') },
      unknown: { typeUrl: 'type.googleapis.com/x.Y', value: utf8.encode('x') },
      wrong: { typeUrl: anyPack(DurationSchema, create(DurationSchema)).typeUrl, value: new Uint8Array([255]) },
      bytes: anyPack(BytesValueSchema, create(BytesValueSchema, { value: new Uint8Array([1]) })),
      host: {
        ...anyPack(StringValueSchema, create(StringValueSchema, { value: 'x' })),
        typeUrl: 'a.b/google.protobuf.StringValue',
      },
    },
  })
  assert.deepEqual(readAlpha2Request(wire), { messages: [], parameters: { json: { a: 1 }, bytes: 'AQ==', host: 'x' } })
})

test('what clients set without meaning it is not taken for a wish', () => {
  const wire: MessageInitShape<typeof requestSchema> = {
    inputs: [{ messages: [] }],
    contextId: '',
    toolChoice: '',
    scrubPii: false,
    responseFormat: {},
  }
  assert.deepEqual(readAlpha2Request(create(requestSchema, wire)), { messages: [] })
})

test('a temperature of zero is zero', () => {
  assert.equal(read({ inputs, temperature: 0 }).temperature, 0)
  assert.equal('temperature' in read({ inputs }), false)
})

test('a response format keeps its schema and gives up what speaks about the format', () => {
  const schema = { type: 'object', properties: { name: { type: 'string', description: 'd' } } }
  assert.deepEqual(read({ inputs, responseFormat: schema }).responseFormat, {
    type: 'json_schema',
    name: 'response',
    schema,
  })
  assert.deepEqual(
    read({ inputs, responseFormat: { ...schema, name: 'n', description: 'd', strict: true } }).responseFormat,
    { type: 'json_schema', name: 'n', description: 'd', strict: true, schema },
  )
})

test('a prompt cache retention is milliseconds', () => {
  assert.equal(read({ inputs, promptCacheRetention: '86400.25s' }).promptCacheRetentionMs, 86_400_250)
})

test('usage of different outputs is added up', () => {
  const usage = (promptTokens: string, completionTokens: string, totalTokens: string) => ({
    usage: { promptTokens, completionTokens, totalTokens },
  })
  const { result } = readAnswer({ outputs: [usage('1', '2', '3'), usage('2', '5', '7')] })
  assert.deepEqual(result.usage, { promptTokens: 3, completionTokens: 7, totalTokens: 10 })
})

test('usage that daprd repeats on every output counts once', () => {
  const usage = { promptTokens: '1', completionTokens: '2', totalTokens: '3' }
  const { result } = readAnswer({ outputs: [{ usage }, { usage }] })
  assert.deepEqual(result.usage, { promptTokens: 1, completionTokens: 2, totalTokens: 3 })
})

test('usage is absent when none was reported', () => {
  const { result } = readAnswer({ outputs: [{ choices: [{ message: { content: 'x' } }] }] })
  assert.equal('usage' in result, false)
  assert.equal('model' in result, false)
})

test('text and tool call in two outputs are one message', () => {
  const { result } = readAnswer({
    outputs: [
      { choices: [{ finishReason: 'tool_use', message: { content: 'Let me look.' } }] },
      {
        choices: [
          {
            finishReason: 'tool_use',
            index: '1',
            message: { toolCalls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] },
          },
        ],
      },
    ],
  })
  assert.deepEqual(result.choices, [
    {
      index: 0,
      text: 'Let me look.',
      reasoning: '',
      refusal: '',
      toolCalls: [{ id: 'a', name: 'f', arguments: '{}' }],
      finishReason: 'tool_calls',
      rawFinishReason: 'tool_use',
    },
  ])
})

test('of the signatures of several outputs the last one holds', () => {
  const output = (message: object) => ({ choices: [{ finishReason: 'stop', message }] })
  const { result } = readAnswer({
    outputs: [
      output({ reasoning: 'h', reasoningSignature: 's1' }),
      output({ reasoning: 'm', reasoning_signature: 's2' }),
      output({ content: 'x' }),
    ],
  })
  assert.deepEqual([result.choices[0]?.reasoning, result.choices[0]?.reasoningSignature], ['hm', 's2'])
})

test('details of usage are kept, and absent ones stay absent', () => {
  const { result } = readAnswer({
    outputs: [{ usage: { promptTokens: 10, totalTokens: '10', prompt_tokens_details: { cached_tokens: 8 } } }],
  })
  assert.deepEqual(result.usage, { promptTokens: 10, completionTokens: 0, totalTokens: 10, cachedTokens: 8 })
})

test('a count that counts no tokens was not reported', () => {
  for (const odd of ['-1', 'NaN', -1, 2.5, Number.NaN, '1e300', -1n, 2n ** 60n]) {
    assert.deepEqual(
      readUsage({
        completionTokens: odd,
        promptTokens: 3n,
        totalTokens: '5',
        promptTokensDetails: { cachedTokens: odd },
      }),
      { completionTokens: 0, promptTokens: 3, totalTokens: 5 },
    )
  }
})

test('a choice without a message and an answer without outputs are read', () => {
  assert.deepEqual(readAnswer({ outputs: [{ choices: [{}] }] }).result.choices, [
    { index: 0, text: '', reasoning: '', refusal: '', toolCalls: [], finishReason: 'unknown' },
  ])
  assert.deepEqual(readAnswer({}), { result: { choices: [] } })
})

test('an answer has a message in every choice and nothing that the model did not give', () => {
  const empty = { text: '', reasoning: '', refusal: '', toolCalls: [] }
  const wire = writeAlpha2Response({
    choices: [
      { index: 0, ...empty, finishReason: 'stop' },
      { index: 1, ...empty, toolCalls: [{ id: '', name: 'f', arguments: '' }], finishReason: 'tool_calls' },
    ],
    usage: { promptTokens: 0, completionTokens: 0, totalTokens: 0, reasoningTokens: 0 },
  })
  assert.equal(
    writeJson(responseSchema, wire),
    '{"outputs":[{"choices":[{"finishReason":"stop","message":{}},{"finishReason":"tool_calls","index":"1","message":{"toolCalls":[{"function":{"name":"f"}}]}}],"usage":{}}]}',
  )
  assert.equal(writeJson(responseSchema, writeAlpha2Response({ choices: [] }, 'c')), '{"contextId":"c"}')
})
