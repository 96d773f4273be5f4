import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CallOptions, chatWire } from '@dapr-chat/sidecar/testing'
import { askedOf, conversation, pick, says } from '../../../test/asked.ts'
import { mistral } from './mistral.ts'

const key = 'not-a-real-key-0123456789'
const asked = (call: CallOptions, metadata: Readonly<Record<string, string>> = {}, environment = {}) =>
  askedOf(mistral, chatWire(), { key, ...metadata }, call, environment)

test('mistral is asked with a bearer token and no member that it does not know', async () => {
  const { request, body, warned } = await asked({ promptCacheRetentionMs: 3_600_000 })
  assert.equal(request?.path, '/v1/chat/completions')
  assert.equal(request.headers.authorization, `Bearer ${key}`)
  assert.deepEqual(body, {
    model: 'open-mistral-7b',
    messages: [{ role: 'user', content: 'Hello?' }],
    stream: true,
  })
  assert.deepEqual(warned, ['prompt_cache_retention'])
})

test('the environment variable MISTRAL_MODEL wins over the metadata', async () => {
  assert.equal((await asked({}, { model: 'a' })).body.model, 'a')
  assert.equal((await asked({}, { model: 'a' }, { MISTRAL_MODEL: 'b' })).body.model, 'b')
})

test('parameters that Mistral calls otherwise get its names', async () => {
  const { body } = await asked({
    temperature: 0,
    parameters: { seed: 9, max_completion_tokens: 5, safe_prompt: true },
    tools: [{ name: 'now' }],
    toolChoice: 'required',
  })
  assert.deepEqual(
    [body.temperature, body.random_seed, body.max_tokens, body.safe_prompt, body.tool_choice],
    [0, 9, 5, true, 'any'],
  )
  assert.ok(!('seed' in body) && !('max_completion_tokens' in body))
})

test('ids of calls are of the form that Mistral takes, the same on both sides, and its own stay', async () => {
  const { body } = await asked({
    messages: [
      ...(conversation.messages ?? []).slice(0, 5),
      { role: 'assistant', content: [], toolCalls: [{ id: 'gSIMJiOkT', name: 'now', arguments: '{}' }] },
      { role: 'tool', toolCallId: 'gSIMJiOkT', name: 'now', content: says('noon') },
    ],
  })
  const id = pick(body, 'messages.3.tool_calls.0.id')
  assert.match(String(id), /^[A-Za-z0-9]{9}$/)
  assert.equal(pick(body, 'messages.4.tool_call_id'), id)
  assert.equal(pick(body, 'messages.5.tool_calls.0.id'), 'gSIMJiOkT')
  assert.equal(pick(body, 'messages.6.tool_call_id'), 'gSIMJiOkT')
})

test('names and refusals, which Mistral’s messages lack, are left out and told, or become text', async () => {
  const { body, warned } = await asked({
    messages: [
      { role: 'user', content: says('Hi'), name: 'ada' },
      { role: 'assistant', content: [], toolCalls: [], name: 'bot', refusal: 'No.' },
    ],
  })
  assert.deepEqual(body.messages, [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'No.', prefix: true },
  ])
  assert.deepEqual(warned, ['name'])
})

test('images, documents and audio are written in Mistral’s parts', async () => {
  const { body } = await asked({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { url: 'https://example.com/a.png' } },
          { type: 'file', source: { url: 'https://example.com/b.pdf' }, filename: 'b.pdf' },
          { type: 'audio', source: { url: 'data:audio/mp3;base64,aGk=' } },
        ],
      },
    ],
  })
  assert.deepEqual(pick(body, 'messages.0.content'), [
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    { type: 'document_url', document_url: 'https://example.com/b.pdf', document_name: 'b.pdf' },
    { type: 'input_audio', input_audio: 'aGk=' },
  ])
})
