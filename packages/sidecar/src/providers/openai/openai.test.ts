import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collect } from '@dapr-chat/protocol'
import {
  type CallOptions,
  callOf,
  chunk,
  done,
  finish,
  scriptedProvider,
  textAnswer,
  toolDelta,
  vendorProvider,
} from '@dapr-chat/sidecar/testing'
import { openaiProvider, outcomeOf, testKey, textOfOutcome } from '../../../test/openai-provider.ts'
import { openai } from './openai.ts'

type Settings = Parameters<typeof openaiProvider>[1]

/** The request that a provider with these settings makes of this call. */
async function requestOf(call: CallOptions = {}, settings: Settings = {}, environment: Record<string, string> = {}) {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using provider = openaiProvider(upstream.url, settings, environment)
  assert.equal(textOfOutcome(await outcomeOf(provider.converse(callOf(call)))), 'Hello')
  return { ...(await upstream.requestArrived()), origin: upstream.url }
}

const bodyOf = async (...args: Parameters<typeof requestOf>) =>
  (await requestOf(...args)).body as Record<string, unknown>

test('a call becomes a streaming chat completion that asks for the token counts', async () => {
  const { path, headers, body } = await requestOf()
  assert.equal(path, '/v1/chat/completions')
  assert.equal(headers.authorization, `Bearer ${testKey}`)
  assert.equal(headers['content-type'], 'application/json')
  assert.equal(headers.accept, 'text/event-stream')
  assert.deepEqual(body, {
    model: 'test-model',
    messages: [{ role: 'user', content: 'Hello?' }],
    stream: true,
    stream_options: { include_usage: true },
  })
})

test('messages, tools, pictures, the shape of the answer and parameters reach the provider', async () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } } }
  const body = await bodyOf({
    messages: [
      { role: 'developer', content: [{ type: 'text', text: 'Be brief' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Where?' },
          { type: 'image', source: { data: Uint8Array.of(1), mediaType: 'image/png' } },
        ],
      },
      { role: 'assistant', content: [], toolCalls: [{ id: 'a', name: 'find', arguments: '' }] },
      { role: 'tool', toolCallId: 'a', name: 'find', content: [{ type: 'text', text: 'Oslo' }] },
    ],
    temperature: 0.2,
    maxTokens: 50,
    tools: [{ name: 'find', description: 'Finds', parameters: schema }],
    toolChoice: 'auto',
    responseFormat: { type: 'json_schema', name: 'place', schema, strict: true },
    metadata: { run: '7' },
    parameters: { seed: 7, stop: ['\n'], vendor: { deep: [1, null, 'x'] } },
  })
  const call = { id: 'a', type: 'function', function: { name: 'find', arguments: '{}' } }
  assert.deepEqual(body, {
    seed: 7,
    stop: ['\n'],
    vendor: { deep: [1, null, 'x'] },
    model: 'test-model',
    messages: [
      // A server that is not OpenAI's own knows no developer.
      { role: 'system', content: 'Be brief' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Where?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AQ==' } },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'a', content: 'Oslo' },
    ],
    temperature: 0.2,
    max_tokens: 50,
    tools: [{ type: 'function', function: { name: 'find', description: 'Finds', parameters: schema } }],
    tool_choice: 'auto',
    response_format: { type: 'json_schema', json_schema: { name: 'place', strict: true, schema } },
    metadata: { run: '7' },
    stream: true,
    stream_options: { include_usage: true },
  })
})

test('the answer of a tool-calling model reaches the caller', async () => {
  await using upstream = await scriptedProvider({
    body: [
      toolDelta({ index: 0, id: 'a', name: 'find', arguments: '{"city"' }),
      toolDelta({ index: 0, arguments: ':"Oslo"}' }),
      finish('tool_calls'),
      done,
    ],
  })
  await using provider = openaiProvider(upstream.url)
  const { result } = await outcomeOf(provider.converse(callOf()))
  assert.deepEqual(result.choices[0]?.toolCalls, [{ id: 'a', name: 'find', arguments: '{"city":"Oslo"}' }])
  assert.equal(result.choices[0].finishReason, 'tool_calls')
})

const models: readonly [
  name: string,
  call: CallOptions,
  settings: Settings,
  environment: Record<string, string>,
  model: string,
][] = [
  ['the component says', {}, { model: 'own' }, {}, 'own'],
  ['Dapr takes where nothing is said', {}, { model: undefined }, {}, 'gpt-5-nano'],
  ['OPENAI_MODEL says, over the component', {}, { model: 'own' }, { OPENAI_MODEL: 'env' }, 'env'],
  ['the caller asks for, over both', { model: 'asked' }, { model: 'own' }, { OPENAI_MODEL: 'env' }, 'asked'],
  ['the component says, where OPENAI_MODEL is empty', {}, { model: 'own' }, { OPENAI_MODEL: '' }, 'own'],
]

for (const [name, call, settings, environment, model] of models) {
  test(`the model is the one that ${name}`, async () => {
    assert.equal((await bodyOf(call, settings, environment)).model, model)
  })
}

test('Azure is asked by deployment and version, with its own header', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  const settings = { apiType: 'Azure', apiVersion: '2025-01-01-preview', model: 'my deployment' }
  await using provider = openaiProvider(upstream.url.replace('/v1', '/'), settings)
  assert.equal(provider.model, 'my deployment')
  await outcomeOf(provider.converse(callOf()))
  const { path, headers } = await upstream.requestArrived()
  assert.equal(path, '/openai/deployments/my%20deployment/chat/completions?api-version=2025-01-01-preview')
  assert.deepEqual([headers['api-key'], headers.authorization], [testKey, undefined])
})

test('AZURE_OPENAI_MODEL names the deployment, OPENAI_MODEL does not', async () => {
  const settings = { apiType: 'azure', apiVersion: '1', model: undefined }
  const endpoint = 'https://example.openai.azure.com'
  for (const [environment, model] of [
    [{ AZURE_OPENAI_MODEL: 'env', OPENAI_MODEL: 'other' }, 'env'],
    [{ OPENAI_MODEL: 'other' }, 'gpt-4.1-nano'],
  ] as const) {
    await using provider = openaiProvider(endpoint, settings, environment)
    assert.equal(provider.model, model)
  }
})

test('an endpoint with a path and a slash at its end keeps the path', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using provider = openaiProvider(`${upstream.url}/openai/`)
  await outcomeOf(provider.converse(callOf()))
  assert.equal((await upstream.requestArrived()).path, '/v1/openai/chat/completions')
})

for (const endpoint of ['', 'localhost:11434/v1', 'ftp://example.org', 'example.org', '/v1']) {
  test(`an endpoint of ${JSON.stringify(endpoint)} is refused when the component is made`, () => {
    assert.throws(
      () => openaiProvider(endpoint),
      /metadata "endpoint" must be an http or https address: current value is "/,
    )
  })
}

test('a key that no header can carry is refused when the component is made, and stays untold', () => {
  for (const key of ['secret-with-line-end\n', 'secret-ключ']) {
    assert.throws(() => openaiProvider('https://example.org', { key }), {
      message: 'metadata "key" must be of visible ASCII characters: current value has others, perhaps a line end',
    })
  }
})

test('Azure without an endpoint or a version is refused when the component is made', () => {
  const expected = /endpoint and apiVersion must be provided when apiType is set to 'azure'/
  assert.throws(() => openaiProvider(undefined, { apiType: 'azure', apiVersion: '1' }), expected)
  assert.throws(() => openaiProvider('https://example.org', { apiType: 'azure' }), expected)
})

test('what OpenRouter or Google signed goes back in their spelling, and to OpenAI itself nothing of it', async () => {
  const details = [{ type: 'reasoning.text', text: 'hm', signature: 's', format: 'anthropic-claude-v1', index: 0 }]
  const call = {
    ...{ id: 'a', type: 'function', function: { name: 'find', arguments: '{}' } },
    extra_content: { google: { thought_signature: 'g' } },
  }
  const body = [chunk({ reasoning: 'hm', reasoning_details: details }), chunk({ tool_calls: [{ index: 0, ...call }] })]
  await using upstream = await scriptedProvider({ body: [...body, finish('tool_calls'), done] })
  await using provider = openaiProvider(upstream.url)
  const { choices } = await collect(provider.converse(callOf()))
  const { text = '', toolCalls = [], reasoning = '', reasoningSignature = '' } = choices[0] ?? {}
  const content = [{ type: 'text' as const, text }]
  const messages = [{ role: 'assistant' as const, content, toolCalls, reasoning, reasoningSignature }]
  await collect(provider.converse(callOf({ messages })))
  await using azure = openaiProvider(upstream.url, { apiType: 'azure', apiVersion: '1' })
  await collect(azure.converse(callOf({ messages })))
  const [, there, azures] = upstream.requests.map((request) => (request.body as { messages: object[] }).messages[0])
  assert.deepEqual(there, { role: 'assistant', content: '', reasoning_details: details, tool_calls: [call] })
  const { extra_content: _, ...bare } = call
  assert.deepEqual(azures, { role: 'assistant', content: '', tool_calls: [bare] })
})

test('without an endpoint the variables of OpenAI’s own libraries say where to ask, and for whom', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  const ask = async (metadata: Record<string, string>, environment: Record<string, string>) => {
    await using provider = vendorProvider(openai, { key: testKey, ...metadata }, environment)
    const { error } = await outcomeOf(provider.converse(callOf()))
    assert.equal(error, undefined)
    return upstream.requests.at(-1)
  }
  const nowhere = 'http://127.0.0.1:9/v1'
  const base = `${upstream.url}/base`
  assert.equal(
    (await ask({}, { OPENAI_BASE_URL: base, OPENAI_API_BASE: nowhere }))?.path,
    new URL(`${base}/chat/completions`).pathname,
  )
  assert.equal(
    (await ask({}, { OPENAI_BASE_URL: '', OPENAI_API_BASE: base }))?.path,
    new URL(`${base}/chat/completions`).pathname,
  )
  const own = await ask({ endpoint: upstream.url }, { OPENAI_BASE_URL: nowhere, OPENAI_ORGANIZATION: 'org-1' })
  assert.equal(own?.headers['openai-organization'], 'org-1')
  assert.equal((await ask({ endpoint: upstream.url }, {}))?.headers['openai-organization'], undefined)
  assert.throws(
    () => vendorProvider(openai, { key: testKey }, { OPENAI_ORGANIZATION: 'a\nb' }),
    /OPENAI_ORGANIZATION must/,
  )
})
