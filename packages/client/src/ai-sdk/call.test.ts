import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LanguageModelV4CallOptions, LanguageModelV4ToolResultOutput } from '@ai-sdk/provider'
import { InvalidRequestError } from '../errors.ts'
import { type CallOptions, readCall } from './call.ts'

const user: LanguageModelV4CallOptions['prompt'] = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }]

function read(call: Omit<LanguageModelV4CallOptions, 'prompt'>, prompt: CallOptions['prompt'] = user) {
  return readCall({ ...call, prompt } as CallOptions, 'gpt', {})
}

test('a bare question has the component, no retries and no steps of its own', () => {
  const { messages, options, warnings } = read({})
  assert.deepEqual(messages, [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }])
  assert.deepEqual(options, { component: 'gpt', headers: {}, retry: false, maxSteps: 1, onUnsupported: 'warn' })
  assert.deepEqual(warnings, [])
})

test('what Dapr has no word for goes by parameters, and what a question says itself wins', () => {
  const { options } = readCall(
    {
      prompt: user,
      topP: 0.9,
      topK: 5,
      stopSequences: ['END'],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      reasoning: 'low',
      providerOptions: { dapr: { parameters: { seed: 8 } } },
    },
    'gpt',
    { parameters: { user: 'ann', seed: 1 }, contextId: 'c' },
  )
  assert.deepEqual(options.parameters, {
    top_p: 0.9,
    top_k: 5,
    stop: ['END'],
    seed: 8,
    presence_penalty: 0.1,
    frequency_penalty: 0.2,
    reasoning_effort: 'low',
    user: 'ann',
  })
  assert.equal(options.contextId, 'c')
  assert.equal(read({ reasoning: 'provider-default', stopSequences: [] }).options.parameters, undefined)
})

test('tools, their choice and the shape of the answer are read', () => {
  const inputSchema = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' } as const
  const { options } = read({
    tools: [{ type: 'function', name: 'f', description: 'does', inputSchema, strict: true }],
    toolChoice: { type: 'tool', toolName: 'f' },
    responseFormat: { type: 'json', schema: inputSchema, name: 'dog' },
  })
  assert.deepEqual(options.tools, [{ name: 'f', description: 'does', parameters: { type: 'object' }, strict: true }])
  assert.deepEqual(options.toolChoice, { tool: 'f' })
  const json_schema = { name: 'dog', schema: { type: 'object' } }
  assert.deepEqual(options.responseFormat, { type: 'json_schema', json_schema })
  assert.deepEqual(read({ responseFormat: { type: 'json' } }).options.responseFormat, { type: 'json_object' })
  assert.equal(read({ toolChoice: { type: 'required' } }).options.toolChoice, undefined)
})

test('headers without a value are left out', () => {
  assert.deepEqual(read({ headers: { a: '1', b: undefined } }).options.headers, { a: '1' })
})

test('what cannot be sent is a warning', () => {
  const { options, warnings } = read(
    {
      tools: [{ type: 'provider', id: 'openai.web_search', name: 'search', args: {} }],
      toolChoice: { type: 'tool', toolName: 'search' },
      providerOptions: { dapr: { colour: 'red' }, openai: { store: true } },
    },
    [
      {
        role: 'user',
        content: [
          { type: 'file', mediaType: 'image/png', data: { type: 'reference', reference: { openai: 'file-1' } } },
          { type: 'file', mediaType: 'audio', data: { type: 'data', data: new Uint8Array([1]) } },
        ],
      },
      { role: 'assistant', content: [{ type: 'custom', kind: 'openai.compaction' }] },
      { role: 'tool', content: [{ type: 'tool-approval-response', approvalId: '1', approved: true }] },
    ],
  )
  assert.deepEqual(
    warnings.map((warning) => 'feature' in warning && warning.feature),
    [
      'providerOptions.dapr.colour',
      'provider-defined tool openai.web_search',
      'file by reference',
      'media type of a file',
      'custom in a message of the assistant',
      'tool-approval-response in a message of a tool',
    ],
  )
  assert.deepEqual([options.tools, options.toolChoice], [undefined, undefined])
})

test('a setting with an impossible value is an error', () => {
  assert.throws(() => read({ providerOptions: { dapr: { timeoutMs: -1 } } }), InvalidRequestError)
})

test('files come in every spelling of both major versions', () => {
  const bytes = new Uint8Array([1, 2])
  const url = new URL('https://example.com/a')
  const current: CallOptions['prompt'] = [
    {
      role: 'user',
      content: [
        { type: 'file', mediaType: 'image', data: { type: 'data', data: bytes } },
        { type: 'file', mediaType: 'image/*', data: { type: 'url', url } },
        { type: 'file', mediaType: 'audio/wav', data: { type: 'data', data: 'AQI=' } },
        { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: 'inline' } },
      ],
    },
  ]
  const previous: CallOptions['prompt'] = [
    {
      role: 'user',
      content: [
        { type: 'file', mediaType: 'image/*', data: bytes },
        { type: 'file', mediaType: 'image/*', data: url },
        { type: 'file', mediaType: 'audio/wav', data: 'AQI=' },
        { type: 'text', text: 'inline' },
      ],
    },
  ]
  for (const prompt of [current, previous]) {
    assert.deepEqual(read({}, prompt).messages, [
      {
        role: 'user',
        content: [
          { type: 'image', data: bytes, mediaType: 'image/jpeg' },
          { type: 'image', data: url },
          { type: 'audio', data: 'AQI=', mediaType: 'audio/wav' },
          { type: 'text', text: 'inline' },
        ],
      },
    ])
  }
})

test('what the model said goes back with its thinking, its calls, its signatures and its refusal', () => {
  const { messages } = read({}, [
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm. ' },
        { type: 'reasoning', text: 'So.', providerOptions: { dapr: { signature: 's1' } } },
        { type: 'text', text: 'I will ' },
        { type: 'text', text: 'look.' },
        { type: 'text', text: 'No.', providerOptions: { dapr: { refusal: true } } },
        {
          type: 'tool-call',
          toolCallId: 'c',
          toolName: 'f',
          input: { a: 1 },
          providerOptions: { dapr: { signature: 's2' } },
        },
        // As the AI SDK keeps arguments that it could not parse.
        { type: 'tool-call', toolCallId: 'd', toolName: 'f', input: '{"a":' },
      ],
    },
  ])
  assert.deepEqual(messages, [
    {
      role: 'assistant',
      content: 'I will look.',
      refusal: 'No.',
      reasoning_content: 'Hm. So.',
      reasoning_signature: 's1',
      tool_calls: [
        { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' }, signature: 's2' },
        { id: 'd', type: 'function', function: { name: 'f', arguments: '{"a":' } },
      ],
    },
  ])
})

const outputs: readonly [output: LanguageModelV4ToolResultOutput, content: string, isError: boolean][] = [
  [{ type: 'text', value: 'sunny' }, 'sunny', false],
  [{ type: 'json', value: { degrees: 21 } }, '{"degrees":21}', false],
  [{ type: 'error-text', value: 'no such city' }, 'no such city', true],
  [{ type: 'error-json', value: { code: 1 } }, '{"code":1}', true],
  [{ type: 'execution-denied', reason: 'too dear' }, 'too dear', true],
  [{ type: 'execution-denied' }, 'The call of this tool was not approved.', true],
  [
    {
      type: 'content',
      value: [
        { type: 'text', text: 'a' },
        { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AQI=' } },
        { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: 'b' } },
      ],
    },
    'a\n[image/png]\nb',
    false,
  ],
]

for (const [output, content, isError] of outputs) {
  test(`a tool's output of type ${output.type} becomes the text ${JSON.stringify(content)}`, () => {
    const { messages, warnings } = read({}, [
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', toolName: 'f', output }] },
    ])
    assert.deepEqual(messages, [{ role: 'tool', tool_call_id: 'c', name: 'f', content, isError }])
    assert.equal(warnings.length, output.type === 'content' ? 1 : 0)
  })
}
