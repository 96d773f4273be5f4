import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collect } from '@dapr-chat/protocol'
import { callOf, scriptedProvider, textAnswer, vendorProvider } from '@dapr-chat/sidecar/testing'
import { huggingface } from './huggingface.ts'

test("the model's name stands in the path and in the body, the caller's model too", async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  const endpoint = `${new URL(upstream.url).origin}/models/{MODEL}/v1`
  await using provider = vendorProvider(huggingface, { key: 'k', model: 'org/a model', endpoint })
  await collect(provider.converse(callOf()))
  await collect(provider.converse(callOf({ model: 'org/$&' })))
  const [first, second] = [await upstream.requestArrived(0), await upstream.requestArrived(1)]
  assert.equal(first.path, '/models/org/a%20model/v1/chat/completions')
  assert.equal((first.body as { model: string }).model, 'org/a model')
  assert.equal(second.path, '/models/org/%24%26/v1/chat/completions')
})

test('an endpoint without a place for the model is taken as it is', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using provider = vendorProvider(huggingface, { key: 'k', endpoint: upstream.url })
  await collect(provider.converse(callOf()))
  const { path, body } = await upstream.requestArrived()
  assert.equal(path, '/v1/chat/completions')
  assert.equal((body as { model: string }).model, 'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B')
})

test('HUGGINGFACE_MODEL wins over the metadata, as in daprd', () => {
  const provider = vendorProvider(huggingface, { key: 'k', model: 'a' }, { HUGGINGFACE_MODEL: 'b' })
  assert.equal(provider.model, 'b')
})

test("a limit in OpenAI's newer name is sent in the one that the API knows", async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using provider = vendorProvider(huggingface, { key: 'k', endpoint: upstream.url })
  await collect(provider.converse(callOf({ maxTokens: 5, parameters: { max_completion_tokens: 5, top_p: 0.5 } })))
  await collect(provider.converse(callOf({ parameters: { max_completion_tokens: 7 } })))
  const bodies = [await upstream.requestArrived(0), await upstream.requestArrived(1)].map(({ body }) => body)
  assert.partialDeepStrictEqual(bodies, [{ max_tokens: 5, top_p: 0.5 }, { max_tokens: 7 }])
  assert.equal(JSON.stringify(bodies).includes('max_completion_tokens'), false)
})
