import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collect } from '@dapr-chat/protocol'
import { callOf, scriptedProvider, textAnswer, vendorProvider } from '@dapr-chat/sidecar/testing'
import { ollama } from './ollama.ts'

test('ollama needs no key and asks llama3.2 unless told otherwise', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using provider = vendorProvider(ollama, { endpoint: upstream.url })
  const { choices } = await collect(provider.converse(callOf()))
  assert.equal(choices[0]?.text, 'Hello')
  const { headers, body } = await upstream.requestArrived()
  assert.equal(headers.authorization, 'Bearer ollama')
  assert.equal((body as { model: string }).model, 'llama3.2:latest')
})

test('OLLAMA_MODEL wins over the metadata, as in daprd', () => {
  assert.equal(vendorProvider(ollama, { model: 'a' }, { OLLAMA_MODEL: 'b' }).model, 'b')
})

test('developer messages become system messages, which every server knows', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using provider = vendorProvider(ollama, { endpoint: upstream.url })
  await collect(
    provider.converse(callOf({ messages: [{ role: 'developer', content: [{ type: 'text', text: 'Be brief' }] }] })),
  )
  const { messages } = (await upstream.requestArrived()).body as { messages: unknown }
  assert.deepEqual(messages, [{ role: 'system', content: 'Be brief' }])
})

test("a limit in OpenAI's newer name is sent in the one that the API knows", async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using provider = vendorProvider(ollama, { endpoint: upstream.url })
  await collect(provider.converse(callOf({ maxTokens: 5, parameters: { max_completion_tokens: 5, top_p: 0.5 } })))
  await collect(provider.converse(callOf({ parameters: { max_completion_tokens: 7 } })))
  const bodies = [await upstream.requestArrived(0), await upstream.requestArrived(1)].map(({ body }) => body)
  assert.partialDeepStrictEqual(bodies, [{ max_tokens: 5, top_p: 0.5 }, { max_tokens: 7 }])
  assert.equal(JSON.stringify(bodies).includes('max_completion_tokens'), false)
})

test('a request that forbids tools goes without them, because the server passes over the wish', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using provider = vendorProvider(ollama, { endpoint: upstream.url })
  const tools = [{ name: 'now' }]
  for (const toolChoice of ['none', 'required'] as const) {
    await collect(provider.converse(callOf({ tools, toolChoice, parameters: { max_completion_tokens: 5 } })))
  }
  const [forbidden, forced] = [await upstream.requestArrived(0), await upstream.requestArrived(1)].map(
    ({ body }) => body as Record<string, unknown>,
  )
  assert.deepEqual([forbidden?.tools, forbidden?.tool_choice, forbidden?.max_tokens], [undefined, undefined, 5])
  assert.deepEqual([Array.isArray(forced?.tools), forced?.tool_choice], [true, 'required'])
})

test('an image goes as bytes; an address, which the server does not fetch, is refused before it is asked', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using provider = vendorProvider(ollama, { endpoint: upstream.url })
  const ask = (url: string) =>
    collect(provider.converse(callOf({ messages: [{ role: 'user', content: [{ type: 'image', source: { url } }] }] })))
  await assert.rejects(ask('https://example.com/a.png'), { code: 'invalid_params', message: /bytes or as a data URL/ })
  assert.equal(upstream.requests.length, 0)
  await ask('data:image/png;base64,AQID')
  assert.equal(upstream.requests.length, 1)
})
