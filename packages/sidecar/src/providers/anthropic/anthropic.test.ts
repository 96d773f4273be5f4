import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeSse } from '@dapr-chat/protocol/sse'
import {
  anthropicWire,
  type CallOptions,
  callOf,
  outcomeOf,
  scriptedProvider,
  vendorProvider,
} from '@dapr-chat/sidecar/testing'
import { askedOf, conversation, pick, says } from '../../../test/asked.ts'
import { anthropic } from './anthropic.ts'

const key = 'not-a-real-key-0123456789'
const model = 'claude-sonnet-4-20250514'
const asked = (call: CallOptions, metadata: Readonly<Record<string, string>> = {}, environment = {}) =>
  askedOf(anthropic, anthropicWire(), { key, ...metadata }, call, environment)

test('anthropic is asked under /messages with its own headers', async () => {
  const { request, body } = await asked({})
  assert.equal(request?.path, '/v1/messages')
  assert.equal(request.headers['x-api-key'], key)
  assert.equal(request.headers['anthropic-version'], '2023-06-01')
  assert.deepEqual([body.model, body.stream, body.max_tokens], [model, true, 8_192])
})

test('the model comes from the request, the environment, the metadata, in this order', async () => {
  assert.equal((await asked({}, { model: 'claude-2' })).body.model, 'claude-2')
  assert.equal((await asked({}, { model: 'claude-2' }, { ANTHROPIC_MODEL: 'claude-3' })).body.model, 'claude-3')
  assert.equal((await asked({ model: 'claude-4' }, {}, { ANTHROPIC_MODEL: 'claude-3' })).body.model, 'claude-4')
})

test('a conversation with tools is written in blocks', async () => {
  const { body, error } = await asked({ ...conversation, toolChoice: { name: 'weather' } })
  assert.equal(error, undefined)
  assert.deepEqual(body.system, [
    { type: 'text', text: 'Be brief.' },
    { type: 'text', text: 'Be friendly.' },
  ])
  assert.deepEqual(body.messages, [
    { role: 'user', content: [{ type: 'text', text: 'Weather in Paris and the time?' }] },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Paris' } },
        { type: 'tool_use', id: 'call_made_1', name: 'now', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'call_1', content: 'sunny\nwarm' },
        { type: 'tool_result', tool_use_id: 'call_made_1', content: 'noon' },
      ],
    },
  ])
  assert.deepEqual(body.tool_choice, { type: 'tool', name: 'weather' })
  assert.deepEqual(
    [pick(body, 'tools.*.name'), pick(body, 'tools.*.input_schema.type')],
    [
      ['weather', 'now'],
      ['object', 'object'],
    ],
  )
})

test('settings of OpenAI’s names become Anthropic’s, and others go along as they are', async () => {
  const { body } = await asked({
    temperature: 0,
    maxTokens: 77,
    metadata: { user_id: 'u1' },
    promptCacheRetentionMs: 86_400_000,
    parameters: { top_k: 3, stop: ['A', 'B'], parallel_tool_calls: false, service_tier: 'auto', stream: false },
    tools: [{ name: 'now' }],
    toolChoice: 'required',
  })
  assert.deepEqual(
    [body.temperature, body.max_tokens, body.top_k, body.stop_sequences, body.stream],
    [0, 77, 3, ['A', 'B'], true],
  )
  assert.deepEqual(body.metadata, { user_id: 'u1' })
  assert.deepEqual(body.cache_control, { type: 'ephemeral', ttl: '1h' })
  assert.deepEqual(body.tool_choice, { type: 'any', disable_parallel_tool_use: true })
  assert.equal(body.service_tier, 'auto')
})

test('the limit may come as one of OpenAI’s parameters too', async () => {
  assert.equal((await asked({ parameters: { max_tokens: 5 } })).body.max_tokens, 5)
  assert.equal((await asked({ parameters: { max_completion_tokens: 6 } })).body.max_tokens, 6)
  assert.equal((await asked({}, { maxTokens: '7' })).body.max_tokens, 7)
})

test('an effort of reasoning turns thinking on', async () => {
  const { body } = await asked({ parameters: { reasoning_effort: 'low' }, temperature: 1 })
  assert.equal(pick(body, 'thinking.type'), 'enabled')
  assert.ok(Number(body.max_tokens) > Number(pick(body, 'thinking.budget_tokens')))
})

test('a schema is kept to by the vendor, and JSON without one is refused before anything is sent', async () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } } } as const
  const format = { type: 'json_schema', name: 'place', schema } as const
  const { body } = await asked({ responseFormat: format }, { model: 'claude-sonnet-4-5' })
  assert.equal(pick(body, 'output_config.format.type'), 'json_schema')
  const { error, request } = await asked({ responseFormat: { type: 'json_object' } })
  assert.equal(error?.code, 'invalid_params')
  assert.equal(request, undefined)
})

test('thinking goes back with its signature, and without one it stays', async () => {
  const messages = (reasoningSignature: string | undefined) => [
    { role: 'user' as const, content: says('One?') },
    {
      role: 'assistant' as const,
      content: says('Two'),
      toolCalls: [],
      reasoning: 'hm',
      ...(reasoningSignature && { reasoningSignature }),
    },
    { role: 'user' as const, content: says('Three?') },
  ]
  const signed = await asked({ messages: messages('sig==') })
  assert.deepEqual(pick(signed.body, 'messages.1.content'), [
    { type: 'thinking', thinking: 'hm', signature: 'sig==' },
    { type: 'text', text: 'Two' },
  ])
  const unsigned = await asked({ messages: messages(undefined) })
  assert.deepEqual(pick(unsigned.body, 'messages.1.content'), [{ type: 'text', text: 'Two' }])
})

test('more than one choice is refused', async () => {
  assert.equal((await asked({ parameters: { n: 2 } })).error?.code, 'invalid_params')
})

test('images, PDF and plain text are taken, by bytes and by address', async () => {
  const bytes = new TextEncoder().encode('hello')
  const { body, error } = await asked({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { data: bytes, mediaType: 'image/png' } },
          { type: 'image', source: { url: 'https://example.com/a.png' } },
          { type: 'image', source: { url: 'data:image/gif;base64,aGVsbG8=' } },
          { type: 'file', source: { data: bytes, mediaType: 'application/pdf' }, filename: 'a.pdf' },
          { type: 'file', source: { url: 'https://example.com/b.pdf' } },
          { type: 'file', source: { data: bytes, mediaType: 'text/plain' } },
        ],
      },
    ],
  })
  assert.equal(error, undefined)
  const base64 = { type: 'base64', data: 'aGVsbG8=' }
  assert.deepEqual(pick(body, 'messages.0.content.*.source'), [
    { ...base64, media_type: 'image/png' },
    { type: 'url', url: 'https://example.com/a.png' },
    { ...base64, media_type: 'image/gif' },
    { ...base64, media_type: 'application/pdf' },
    { type: 'url', url: 'https://example.com/b.pdf' },
    { type: 'text', media_type: 'text/plain', data: 'hello' },
  ])
})

test('files of other kinds are refused before anything is sent', async () => {
  const source = { data: new Uint8Array([1]), mediaType: 'application/zip' }
  const { error, request } = await asked({ messages: [{ role: 'user', content: [{ type: 'file', source }] }] })
  assert.equal(error?.code, 'invalid_params')
  assert.match(error.message, /application\/zip/)
  assert.equal(request, undefined)
})

test('Foundry needs an endpoint, and is asked like Anthropic', async () => {
  assert.throws(
    () => vendorProvider(anthropic, { key, apiType: 'Foundry' }),
    /endpoint must be provided when apiType is set to 'foundry'/,
  )
  const { request } = await asked({}, { apiType: 'foundry', model: 'my-deployment' })
  assert.deepEqual([request?.path, request?.headers['x-api-key']], ['/v1/messages', key])
})

test('a key that fits in no header is refused when the component loads', () => {
  assert.throws(() => vendorProvider(anthropic, { key: 'one\ntwo' }), /metadata "key" must be of visible ASCII/)
})

test('several blocks of thinking, hidden ones too, come with the answer and go back as they were', async () => {
  const blocks: readonly [start: object, ...deltas: object[]][] = [
    [
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: 'one' },
      { type: 'signature_delta', signature: 's1' },
    ],
    [{ type: 'redacted_thinking', data: 'hidden' }],
    [
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: 'two' },
      { type: 'signature_delta', signature: 's2' },
    ],
    [
      { type: 'text', text: '' },
      { type: 'text_delta', text: 'Yes' },
    ],
  ]
  const events = blocks.flatMap(([content_block, ...deltas], index) => [
    { type: 'content_block_start', index, content_block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ])
  const words = anthropicWire()
  const end = words.finish({ reason: 'stop', promptTokens: 1, completionTokens: 1 })
  const body = [...words.start(), ...events.map((event) => encodeSse(JSON.stringify(event))), ...end]
  await using upstream = await scriptedProvider({ body })
  await using provider = vendorProvider(anthropic, { key, endpoint: upstream.url })
  const { result } = await outcomeOf(provider.converse(callOf()))
  const { text = '', reasoning = '', reasoningSignature = '' } = result.choices[0] ?? {}
  assert.deepEqual([text, reasoning], ['Yes', 'onetwo'])
  const turn = { role: 'assistant' as const, content: says(text), toolCalls: [], reasoning, reasoningSignature }
  const messages = [
    { role: 'user' as const, content: says('A?') },
    turn,
    { role: 'user' as const, content: says('B?') },
  ]
  await outcomeOf(provider.converse(callOf({ messages })))
  assert.deepEqual(pick((await upstream.requestArrived(1)).body, 'messages.1.content'), [
    { type: 'thinking', thinking: 'one', signature: 's1' },
    { type: 'redacted_thinking', data: 'hidden' },
    { type: 'thinking', thinking: 'two', signature: 's2' },
    { type: 'text', text: 'Yes' },
  ])
})

test('an answer that is not streamed is read too', async () => {
  const body = JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-1',
    content: [
      { type: 'thinking', thinking: 'hm', signature: 'sig==' },
      { type: 'text', text: 'Yes' },
      { type: 'tool_use', id: 'toolu_1', name: 'now', input: {} },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 3, output_tokens: 4, cache_read_input_tokens: 5 },
  })
  await using upstream = await scriptedProvider({ headers: { 'content-type': 'application/json' }, body })
  await using provider = vendorProvider(anthropic, { key, endpoint: upstream.url })
  const { result, error } = await outcomeOf(provider.converse(callOf({ tools: [{ name: 'now' }] })))
  assert.equal(error, undefined)
  const [choice] = result.choices
  assert.deepEqual([choice?.reasoning, choice?.reasoningSignature, choice?.text], ['hm', 'sig==', 'Yes'])
  assert.deepEqual(choice?.toolCalls, [{ id: 'toolu_1', name: 'now', arguments: '{}' }])
  assert.deepEqual(result.usage, { promptTokens: 8, completionTokens: 4, totalTokens: 12, cachedTokens: 5 })
})

test('OpenAI’s parameters become Anthropic’s, are refused, or are left out and told', async () => {
  const { body, error, warned } = await asked({
    metadata: { purpose: 'test' },
    parameters: {
      user: 'u2',
      prompt_cache_retention: '24h',
      service_tier: 'default',
      store: true,
      logprobs: false,
      seed: 1,
      mcp_servers: [],
    },
  })
  assert.equal(error, undefined)
  assert.deepEqual(body.metadata, { user_id: 'u2' })
  assert.deepEqual(body.cache_control, { type: 'ephemeral', ttl: '1h' })
  assert.equal(body.service_tier, 'standard_only')
  assert.deepEqual(body.mcp_servers, [])
  for (const name of ['user', 'store', 'logprobs', 'seed', 'prompt_cache_retention']) assert.ok(!(name in body), name)
  assert.deepEqual([...warned].sort(), ['metadata', 'seed', 'store'])
  const own = await asked({ parameters: { metadata: { user_id: 'u3' } } })
  assert.deepEqual([own.body.metadata, own.warned], [{ user_id: 'u3' }, []])
  const refused = await asked({ parameters: { logprobs: true } })
  assert.deepEqual([refused.error?.code, refused.request], ['invalid_params', undefined])
})

test('who speaks and how closely to look at an image have no place at Anthropic, and are told', async () => {
  const image = { type: 'image' as const, source: { url: 'https://example.com/a.png' }, detail: 'low' as const }
  const { error, warned } = await asked({ messages: [{ role: 'user', name: 'ada', content: [...says('Hi'), image] }] })
  assert.equal(error, undefined)
  assert.deepEqual(warned, ['name', 'detail'])
})

test('a model that the package does not know is asked with the settings of the request', async () => {
  const sampling = { temperature: 0.5, parameters: { top_p: 0.9, top_k: 3 } }
  for (const name of ['claude-next-9', 'my-deployment']) {
    const { body, warned } = await asked(sampling, { model: name })
    assert.deepEqual([body.temperature, body.top_p, body.top_k, warned], [0.5, 0.9, 3, []], name)
  }
})

test('what the package leaves out for a model that it knows reaches the operator', async () => {
  const both = await asked({ temperature: 0.5, parameters: { top_p: 0.9 } })
  assert.deepEqual([both.body.temperature, both.body.top_p, both.warned], [0.5, undefined, ['topP']])
  const without = await asked({ temperature: 0.5 }, { model: 'claude-opus-4-8' })
  assert.deepEqual([without.body.temperature, without.warned], [undefined, ['temperature']])
})

test('a temperature above Anthropic’s highest is refused, and not bent to it', async () => {
  const { error, request } = await asked({ temperature: 1.7 })
  const message = 'invalid params: "temperature" must be from 0 to 1 for this provider: current value is 1.7'
  assert.deepEqual([error?.code, error?.message, request], ['invalid_params', message, undefined])
})

test('thinking between text and tool calls goes back where it stood, each block with its own signature', async () => {
  const thinking = (text: string, signature: string) => ({ type: 'thinking', thinking: text, signature })
  const call = (id: string) => ({ type: 'tool_use', id, name: 'now', input: {} })
  const content = [
    thinking('one', 's1'),
    { type: 'text', text: 'First' },
    call('toolu_1'),
    thinking('two', 's2'),
    call('toolu_2'),
    thinking('three', 's3'),
    { type: 'text', text: 'then' },
  ]
  const answer = {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'c',
    content,
    stop_reason: 'tool_use',
    usage: {},
  }
  const body = JSON.stringify({ ...answer, usage: { input_tokens: 1, output_tokens: 1 } })
  await using upstream = await scriptedProvider({ headers: { 'content-type': 'application/json' }, body })
  await using provider = vendorProvider(anthropic, { key, endpoint: upstream.url })
  const tools = [{ name: 'now' }]
  const { result } = await outcomeOf(provider.converse(callOf({ tools })))
  const { text = '', toolCalls = [], reasoning = '', reasoningSignature = '' } = result.choices[0] ?? {}
  const turn = { role: 'assistant' as const, content: says(text), toolCalls, reasoning, reasoningSignature }
  const results = toolCalls.map(({ id }) => ({
    role: 'tool' as const,
    toolCallId: id,
    name: 'now',
    content: says('12'),
  }))
  const messages = [{ role: 'user' as const, content: says('Time?') }, turn, ...results]
  await outcomeOf(provider.converse(callOf({ tools, messages })))
  assert.deepEqual(pick((await upstream.requestArrived(1)).body, 'messages.1.content'), content)
})
