import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  awsFrame,
  bedrockWire,
  type CallOptions,
  callOf,
  outcomeOf,
  scriptedProvider,
  vendorProvider,
} from '@dapr-chat/sidecar/testing'
import { askedOf, conversation, pick, says } from '../../../test/asked.ts'
import { bedrock } from './bedrock.ts'

const access = { region: 'eu-west-1', accessKey: 'AKIANOTAREALKEY', secretKey: 'not-a-real-key-0123456789' }
const claude = 'anthropic.claude-sonnet-4-20250514-v1:0'
const asked = (call: CallOptions, metadata: Readonly<Record<string, string>> = {}, environment = {}) =>
  askedOf(bedrock, bedrockWire(), { ...access, ...metadata }, call, environment)

test('bedrock is asked at the Converse API, signed for the region', async () => {
  const { request } = await asked({}, { model: claude, sessionToken: 'a-session' })
  assert.equal(request?.path, `/v1/model/${encodeURIComponent(claude)}/converse-stream`)
  assert.match(
    request.headers.authorization ?? '',
    /^AWS4-HMAC-SHA256 Credential=AKIANOTAREALKEY\/\d{8}\/eu-west-1\/bedrock\/aws4_request, /,
  )
  assert.equal(request.headers['x-amz-security-token'], 'a-session')
})

test('a bearer token in the environment does not win over the credentials', async () => {
  process.env.AWS_BEARER_TOKEN_BEDROCK = 'a-token'
  try {
    assert.match((await asked({})).request?.headers.authorization ?? '', /^AWS4-HMAC-SHA256 /)
  } finally {
    delete process.env.AWS_BEARER_TOKEN_BEDROCK
  }
})

test('region and credentials come from AWS’s own variables where the metadata says nothing', async () => {
  const environment = { AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'AKIAOTHER', AWS_SECRET_ACCESS_KEY: 'other-secret' }
  const { request } = await askedOf(bedrock, bedrockWire(), {}, {}, environment)
  assert.match(request?.headers.authorization ?? '', /Credential=AKIAOTHER\/\d{8}\/us-west-2\//)
})

test('what is missing or not supported is said when the component loads', () => {
  const { region, ...keys } = access
  const loading = (metadata: Readonly<Record<string, string>>) => () => vendorProvider(bedrock, metadata)
  assert.throws(loading(keys), /metadata "region" must be set/)
  assert.throws(loading({ region, accessKey: 'a' }), /must be set together/)
  for (const name of ['trustAnchorArn', 'trustProfileArn']) {
    const message = new RegExp(`metadata "${name}" is not supported: .* credential_process .* AWS_PROFILE`)
    assert.throws(loading({ ...access, [name]: 'arn:x' }), message)
  }
})

test('without a model bedrock asks Dapr’s, and does not claim it', async () => {
  assert.match((await asked({})).request?.path ?? '', /amazon\.titan-text-lite-v1/)
  await using unnamed = vendorProvider(bedrock, access)
  assert.equal(unnamed.model, undefined)
  await using named = vendorProvider(bedrock, { ...access, model: claude })
  assert.equal(named.model, claude)
})

test('a conversation with tools is written in blocks', async () => {
  const { body } = await asked(conversation, { model: claude })
  assert.deepEqual(body.system, [{ text: 'Be brief.' }, { text: 'Be friendly.' }])
  assert.deepEqual((body.messages as object[]).slice(1), [
    {
      role: 'assistant',
      content: [
        { text: 'Let me look.' },
        { toolUse: { toolUseId: 'call_1', name: 'weather', input: { city: 'Paris' } } },
        { toolUse: { toolUseId: 'call_made_1', name: 'now', input: {} } },
      ],
    },
    {
      role: 'user',
      content: [
        { toolResult: { toolUseId: 'call_1', content: [{ text: 'sunny\nwarm' }] } },
        { toolResult: { toolUseId: 'call_made_1', content: [{ text: 'noon' }] } },
      ],
    },
  ])
})

test('tools of earlier turns are declared where the request declares none, so that their results stay', async () => {
  const { messages } = conversation
  const { body, error } = await asked({ ...(messages && { messages }) }, { model: claude })
  assert.equal(error, undefined)
  assert.equal((body.messages as object[]).length, 3)
  assert.deepEqual(pick(body, 'toolConfig.tools.*.toolSpec.name'), ['weather', 'now'])
})

test('results that would be lost because no tool may be called are an error', async () => {
  const { error } = await asked({ ...conversation, toolChoice: 'none' }, { model: claude })
  assert.equal(error?.code, 'invalid_params')
  assert.match(error.message, /toolContent/)
})

test('settings go to Converse, the model’s own parameters beside them', async () => {
  const call: CallOptions = {
    temperature: 0,
    maxTokens: 77,
    metadata: { team: 'blue' },
    parameters: { top_p: 0.5, top_k: 3, stop: 'A', guardrailConfig: { guardrailIdentifier: 'g' }, extra: 1 },
  }
  const { body } = await asked(call, { model: claude })
  assert.deepEqual(body.inferenceConfig, { temperature: 0, maxTokens: 77, topP: 0.5, stopSequences: ['A'] })
  assert.deepEqual(body.additionalModelRequestFields, { top_k: 3, extra: 1 })
  assert.deepEqual(body.requestMetadata, { team: 'blue' })
  assert.deepEqual(body.guardrailConfig, { guardrailIdentifier: 'g' })
  const nova = await asked({ parameters: { top_k: 3 } }, { model: 'eu.amazon.nova-pro-v1:0' })
  assert.deepEqual(nova.body.additionalModelRequestFields, { inferenceConfig: { topK: 3 } })
})

test('images and documents are taken by bytes, and by address refused before anything is sent', async () => {
  const bytes = new TextEncoder().encode('hello')
  const content = (source: { url: string } | { data: Uint8Array; mediaType: string }) => ({
    messages: [{ role: 'user' as const, content: [{ type: 'image' as const, source }] }],
  })
  const { body } = await asked(content({ data: bytes, mediaType: 'image/png' }), { model: claude })
  assert.deepEqual(pick(body, 'messages.0.content'), [{ image: { format: 'png', source: { bytes: 'aGVsbG8=' } } }])
  const { error, request } = await asked(content({ url: 'https://example.com/a.png' }), { model: claude })
  assert.deepEqual([error?.code, request], ['invalid_params', undefined])
})

test('JSON without a schema is refused before anything is sent, and a schema is kept to', async () => {
  const { error, request } = await asked({ responseFormat: { type: 'json_object' } }, { model: claude })
  assert.deepEqual([error?.code, request], ['invalid_params', undefined])
  const schema = { type: 'object', properties: {} } as const
  const forced = await asked({ responseFormat: { type: 'json_schema', name: 'x', schema } }, { model: claude })
  assert.deepEqual(pick(forced.body, 'toolConfig.toolChoice'), { any: {} })
})

test('signed thinking comes with the answer and goes back', async () => {
  const event = (name: string, payload: object) => awsFrame({ ':message-type': 'event', ':event-type': name }, payload)
  const delta = (contentBlockIndex: number, content: object) =>
    event('contentBlockDelta', { contentBlockIndex, delta: content })
  const stop = (contentBlockIndex: number) => event('contentBlockStop', { contentBlockIndex })
  const body = [
    event('messageStart', { role: 'assistant' }),
    delta(0, { reasoningContent: { text: 'hm' } }),
    delta(0, { reasoningContent: { signature: 'sig==' } }),
    stop(0),
    delta(1, { text: 'Yes' }),
    stop(1),
    event('messageStop', { stopReason: 'end_turn' }),
  ]
  await using upstream = await scriptedProvider({ body })
  await using provider = vendorProvider(bedrock, { ...access, endpoint: upstream.url, model: claude })
  const { result } = await outcomeOf(provider.converse(callOf()))
  const [choice] = result.choices
  assert.deepEqual([choice?.reasoning, choice?.reasoningSignature, choice?.text], ['hm', 'sig==', 'Yes'])
  const { reasoning = '', reasoningSignature = '' } = choice ?? {}
  const turn = { role: 'assistant' as const, content: says('Yes'), toolCalls: [], reasoning, reasoningSignature }
  const messages = [
    { role: 'user' as const, content: says('A?') },
    turn,
    { role: 'user' as const, content: says('B?') },
  ]
  await outcomeOf(provider.converse(callOf({ messages })))
  const second = (await upstream.requestArrived(1)).body as { messages: { content: object[] }[] }
  assert.deepEqual(second.messages[1]?.content, [
    { reasoningContent: { reasoningText: { text: 'hm', signature: 'sig==' } } },
    { text: 'Yes' },
  ])
})

test('what tools on AWS’s side answered is passed over', async () => {
  const words = bedrockWire()
  const foreign = awsFrame(
    { ':message-type': 'event', ':event-type': 'contentBlockDelta' },
    { contentBlockIndex: 9, delta: { toolResult: [{ text: 'x' }] } },
  )
  const end = words.finish({ reason: 'stop', promptTokens: 1, completionTokens: 1 })
  await using upstream = await scriptedProvider({ body: [...words.start(), foreign, words.text('Yes'), ...end] })
  await using provider = vendorProvider(bedrock, { ...access, endpoint: upstream.url })
  const { text, error } = await outcomeOf(provider.converse(callOf()))
  assert.deepEqual([text, error], ['Yes', undefined])
})

test('a delta of text that cannot be read is an error, and not left out', async () => {
  const words = bedrockWire()
  const broken = awsFrame(
    { ':message-type': 'event', ':event-type': 'contentBlockDelta' },
    { contentBlockIndex: 0, delta: { text: 7 } },
  )
  const end = words.finish({ reason: 'stop', promptTokens: 1, completionTokens: 1 })
  await using upstream = await scriptedProvider({ body: [...words.start(), words.text('Yes'), broken, ...end] })
  await using provider = vendorProvider(bedrock, { ...access, endpoint: upstream.url })
  const { text, error } = await outcomeOf(provider.converse(callOf()))
  assert.deepEqual([text, error?.code], ['Yes', 'protocol'])
})

test('OpenAI’s parameters become Converse’s, are refused, or are left out and told', async () => {
  const { body, error, warned } = await asked(
    {
      tools: [{ name: 'now' }],
      metadata: { team: 'a' },
      promptCacheRetentionMs: 60_000,
      parameters: {
        user: 'u',
        service_tier: 'flex',
        parallel_tool_calls: false,
        logprobs: false,
        seed: 1,
        thinking_budget: 5,
      },
    },
    { model: claude },
  )
  assert.equal(error, undefined)
  assert.deepEqual(body.requestMetadata, { team: 'a' })
  assert.deepEqual(body.serviceTier, { type: 'flex' })
  assert.deepEqual(body.additionalModelRequestFields, {
    thinking_budget: 5,
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  })
  assert.deepEqual([...warned].sort(), ['prompt_cache_retention', 'seed', 'user'])
  for (const call of [{ parameters: { parallel_tool_calls: false } }, { temperature: 1.5 }]) {
    const refused = await asked(call, { model: 'amazon.nova-pro-v1:0' })
    assert.deepEqual([refused.error?.code, refused.request], ['invalid_params', undefined])
  }
})

test('thinking between text and tool calls goes back where it stood, each block with its own signature', async () => {
  const event = (name: string, payload: object) => awsFrame({ ':message-type': 'event', ':event-type': name }, payload)
  const delta = (contentBlockIndex: number, content: object) =>
    event('contentBlockDelta', { contentBlockIndex, delta: content })
  const stop = (contentBlockIndex: number) => event('contentBlockStop', { contentBlockIndex })
  const thought = (at: number, text: string, signature: string) => [
    delta(at, { reasoningContent: { text } }),
    delta(at, { reasoningContent: { signature } }),
    stop(at),
  ]
  const start = { toolUse: { toolUseId: 'tooluse_1', name: 'now' } }
  const body = [
    event('messageStart', { role: 'assistant' }),
    ...thought(0, 'one', 's1'),
    delta(1, { text: 'Wait' }),
    stop(1),
    event('contentBlockStart', { contentBlockIndex: 2, start }),
    delta(2, { toolUse: { input: '{}' } }),
    stop(2),
    ...thought(3, 'two', 's2'),
    event('messageStop', { stopReason: 'tool_use' }),
  ]
  await using upstream = await scriptedProvider({ body })
  await using provider = vendorProvider(bedrock, { ...access, endpoint: upstream.url, model: claude })
  const tools = [{ name: 'now' }]
  const { text, result } = await outcomeOf(provider.converse(callOf({ tools })))
  const { toolCalls = [], reasoning = '', reasoningSignature = '' } = result.choices[0] ?? {}
  const turn = { role: 'assistant' as const, content: says(text), toolCalls, reasoning, reasoningSignature }
  const answered = { role: 'tool' as const, toolCallId: 'tooluse_1', name: 'now', content: says('12') }
  const messages = [{ role: 'user' as const, content: says('Time?') }, turn, answered]
  await outcomeOf(provider.converse(callOf({ tools, messages })))
  assert.deepEqual(pick((await upstream.requestArrived(1)).body, 'messages.1.content'), [
    { reasoningContent: { reasoningText: { text: 'one', signature: 's1' } } },
    { text: 'Wait' },
    { toolUse: { toolUseId: 'tooluse_1', name: 'now', input: {} } },
    { reasoningContent: { reasoningText: { text: 'two', signature: 's2' } } },
  ])
})
