import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type CallOptions,
  callOf,
  geminiWire,
  outcomeOf,
  scriptedProvider,
  vendorProvider,
} from '@dapr-chat/sidecar/testing'
import { askedOf, conversation, pick, says } from '../../../test/asked.ts'
import { googleai } from './googleai.ts'

const key = 'not-a-real-key-0123456789'
const asked = (call: CallOptions, metadata: Readonly<Record<string, string>> = {}, environment = {}) =>
  askedOf(googleai, geminiWire(), { key, ...metadata }, call, environment)

test('gemini is asked at its native API, with the key in a header', async () => {
  const { request, body } = await asked({})
  assert.equal(request?.path, '/v1/models/gemini-2.5-flash-lite:streamGenerateContent?alt=sse')
  assert.equal(request.headers['x-goog-api-key'], key)
  assert.deepEqual(body.contents, [{ role: 'user', parts: [{ text: 'Hello?' }] }])
})

test('the model comes from the request, the environment, the metadata, in this order', async () => {
  const path = async (...args: Parameters<typeof asked>) => (await asked(...args)).request?.path
  assert.match((await path({}, { model: 'gemini-a' })) ?? '', /models\/gemini-a:/)
  assert.match((await path({}, { model: 'gemini-a' }, { GOOGLEAI_MODEL: 'gemini-b' })) ?? '', /models\/gemini-b:/)
  assert.match((await path({ model: 'gemini-c' }, {}, { GOOGLEAI_MODEL: 'gemini-b' })) ?? '', /models\/gemini-c:/)
})

test('a model whose name leads elsewhere is refused', async () => {
  for (const model of ['../files', 'a?b', 'a#b', 'a b']) {
    const { error, request } = await asked({ model })
    assert.deepEqual([error?.code, request], ['invalid_params', undefined])
  }
})

test('a conversation with tools is written in parts, the results of one turn together', async () => {
  const { body } = await asked({ ...conversation, toolChoice: { name: 'weather' } })
  assert.deepEqual(body.systemInstruction, { parts: [{ text: 'Be brief.' }, { text: 'Be friendly.' }] })
  assert.deepEqual((body.contents as object[]).slice(1), [
    {
      role: 'model',
      parts: [
        { text: 'Let me look.' },
        { functionCall: { id: 'call_1', name: 'weather', args: { city: 'Paris' } } },
        { functionCall: { id: 'call_made_1', name: 'now', args: {} } },
      ],
    },
    {
      role: 'user',
      parts: [
        {
          functionResponse: {
            id: 'call_1',
            name: 'weather',
            response: { name: 'weather', content: 'sunny\nwarm' },
          },
        },
        { functionResponse: { id: 'call_made_1', name: 'now', response: { name: 'now', content: 'noon' } } },
      ],
    },
  ])
  assert.deepEqual(body.toolConfig, { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['weather'] } })
})

test('settings of OpenAI’s names become Gemini’s, and others go along as they are', async () => {
  const { body } = await asked(
    {
      temperature: 0,
      maxTokens: 77,
      parameters: {
        top_p: 0.5,
        top_k: 3,
        stop: 'A',
        seed: 9,
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
        generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW' },
        safetySettings: [],
      },
      responseFormat: { type: 'json_object' },
    },
    { model: 'gemini-3-pro-preview' },
  )
  assert.deepEqual(body.generationConfig, {
    temperature: 0,
    maxOutputTokens: 77,
    topP: 0.5,
    topK: 3,
    stopSequences: ['A'],
    seed: 9,
    presencePenalty: 0.1,
    frequencyPenalty: 0.2,
    responseMimeType: 'application/json',
    mediaResolution: 'MEDIA_RESOLUTION_LOW',
  })
  assert.deepEqual(body.safetySettings, [])
})

test('more than one choice is refused, by either name', async () => {
  for (const parameters of [{ n: 2 }, { generationConfig: { candidateCount: 2 } }]) {
    const { error, request } = await asked({ parameters })
    assert.deepEqual([error?.code, request], ['invalid_params', undefined])
  }
})

test('images, audio and documents are taken, by bytes and by address', async () => {
  const bytes = new TextEncoder().encode('hello')
  const { body, error } = await asked({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { data: bytes, mediaType: 'image/png' } },
          { type: 'image', source: { url: 'https://example.com/a.webp' } },
          { type: 'audio', source: { url: 'data:audio/wav;base64,aGVsbG8=' } },
          { type: 'file', source: { url: 'https://example.com/b.pdf' } },
          { type: 'file', source: { data: bytes, mediaType: 'text/csv' } },
        ],
      },
    ],
  })
  assert.equal(error, undefined)
  assert.deepEqual(pick(body, 'contents.0.parts'), [
    { inlineData: { mimeType: 'image/png', data: 'aGVsbG8=' } },
    { fileData: { mimeType: 'image/webp', fileUri: 'https://example.com/a.webp' } },
    { inlineData: { mimeType: 'audio/wav', data: 'aGVsbG8=' } },
    { fileData: { mimeType: 'application/pdf', fileUri: 'https://example.com/b.pdf' } },
    { inlineData: { mimeType: 'text/csv', data: 'aGVsbG8=' } },
  ])
})

test('signatures of calls and of text come with the answer and go back where they were', async () => {
  const chunk = (parts: readonly object[], finishReason?: string) =>
    `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts }, finishReason }] })}\n\n`
  const body = [
    chunk([{ text: 'Wait', thoughtSignature: 'of-text' }]),
    chunk([{ functionCall: { id: 'c1', name: 'now', args: {} }, thoughtSignature: 'of-call' }], 'STOP'),
  ]
  await using upstream = await scriptedProvider({ body })
  await using provider = vendorProvider(googleai, { key, endpoint: upstream.url, model: 'gemini-3-pro-preview' })
  const tools = [{ name: 'now' }]
  const { result } = await outcomeOf(provider.converse(callOf({ tools })))
  const choice = result.choices[0]
  assert.equal(choice?.reasoningSignature, 'of-text')
  assert.equal(choice.toolCalls[0]?.signature, 'of-call')
  const { text, toolCalls, reasoningSignature } = choice
  const turn = { role: 'assistant' as const, content: says(text), toolCalls, reasoningSignature }
  const asked = callOf({ tools, messages: [{ role: 'user', content: says('Time?') }, turn] })
  await outcomeOf(provider.converse(asked))
  const second = (await upstream.requestArrived(1)).body as { contents: { parts: object[] }[] }
  assert.deepEqual(second.contents[1]?.parts, [
    { text: 'Wait', thoughtSignature: 'of-text' },
    { functionCall: { id: 'c1', name: 'now', args: {} }, thoughtSignature: 'of-call' },
  ])
})

test('an answer that is not streamed is read too, as one object or as a list of chunks', async () => {
  const candidate = (text: string, finishReason?: string) => ({
    candidates: [{ content: { role: 'model', parts: [{ text }] }, ...(finishReason && { finishReason }) }],
  })
  for (const answer of [candidate('ab', 'STOP'), [candidate('a'), candidate('b', 'STOP')]]) {
    const body = JSON.stringify(answer)
    await using upstream = await scriptedProvider({ headers: { 'content-type': 'application/json' }, body })
    await using provider = vendorProvider(googleai, { key, endpoint: upstream.url })
    const { text, error } = await outcomeOf(provider.converse(callOf()))
    assert.deepEqual([text, error], ['ab', undefined])
  }
})

test('a prompt that is blocked ends in the content filter', async () => {
  const body = 'data: {"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}\n\n'
  await using upstream = await scriptedProvider({ body })
  await using provider = vendorProvider(googleai, { key, endpoint: upstream.url })
  const { result } = await outcomeOf(provider.converse(callOf()))
  assert.equal(result.choices[0]?.finishReason, 'content_filter')
})

test('of OpenAI’s parameters nothing lands in the body that Gemini has no member for, and the operator is told', async () => {
  const { body, error, warned } = await asked({
    parameters: {
      user: 'u',
      store: true,
      verbosity: 'low',
      logprobs: false,
      parallel_tool_calls: true,
      cachedContent: 'c',
    },
    metadata: { purpose: 'test' },
    promptCacheRetentionMs: 60_000,
  })
  assert.equal(error, undefined)
  assert.deepEqual(Object.keys(body).sort(), ['cachedContent', 'contents', 'generationConfig'])
  assert.deepEqual([...warned].sort(), ['metadata', 'prompt_cache_retention', 'store', 'user', 'verbosity'])
})

test('parameters of OpenAI’s that would change the answer are refused before anything is sent', async () => {
  for (const parameters of [{ logprobs: true }, { parallel_tool_calls: false }, { top_p: '0.5' }, { stop: 5 }]) {
    const { error, request } = await asked({ parameters, tools: [{ name: 'now' }] })
    assert.deepEqual([error?.code, request], ['invalid_params', undefined])
  }
  assert.match((await asked({ parameters: { reasoning_effort: 'ultra' } })).error?.message ?? '', /"reasoning_effort"/)
  assert.match((await asked({ temperature: 2.5 })).error?.message ?? '', /"temperature" must be from 0 to 2/)
})

test('a service tier is named as Gemini does', async () => {
  assert.equal((await asked({ parameters: { service_tier: 'default' } })).body.serviceTier, 'standard')
  assert.equal((await asked({ parameters: { service_tier: 'flex' } })).body.serviceTier, 'flex')
  const { body, warned } = await asked({ parameters: { service_tier: 'scale' } })
  assert.deepEqual([body.serviceTier, body.service_tier, warned], [undefined, undefined, ['service_tier']])
})

test('what the package leaves out for a model reaches the operator', async () => {
  const { body, warned } = await asked({ parameters: { presence_penalty: 0.5 } }, { model: 'gemini-2.5-flash' })
  assert.equal(pick(body, 'generationConfig.presencePenalty'), undefined)
  assert.deepEqual(warned, ['presencePenalty'])
  assert.deepEqual((await asked({ parameters: { presence_penalty: 0 } }, { model: 'gemini-2.5-flash' })).warned, [])
})
