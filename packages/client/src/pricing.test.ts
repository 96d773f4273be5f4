import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerJson, startFakeSidecar } from '../testing/fake-sidecar.ts'
import { DaprChatClient, InvalidRequestError } from './index.ts'
import { checkPrices, costUsd, type PriceTable } from './pricing.ts'

const prices: PriceTable = {
  'gpt-5*': { input: 1, output: 10, cachedInput: 0.1 },
  'gpt-5-nano': { input: 0.05, output: 0.4 },
}
const usage = {
  prompt_tokens: 1_000,
  completion_tokens: 100,
  total_tokens: 1_100,
  prompt_tokens_details: { cached_tokens: 400 },
}

test('a cost is that of the prompt, of its cached part and of the answer', () => {
  assert.equal(costUsd([{ model: 'gpt-5-2026', usage }], prices), (600 * 1 + 400 * 0.1 + 100 * 10) / 1e6)
})

test('the most exact price counts, and cached tokens cost as others where nothing else is said', () => {
  assert.equal(costUsd([{ model: 'gpt-5-nano', usage }], prices), (1_000 * 0.05 + 100 * 0.4) / 1e6)
})

test('the steps of a call are added, and one that is not known makes the sum unknown', () => {
  const step = { model: 'gpt-5-nano', usage }
  assert.equal(costUsd([step, step], prices), (2 * (1_000 * 0.05 + 100 * 0.4)) / 1e6)
  assert.equal(costUsd([step, { model: 'other', usage }], prices), undefined)
  assert.equal(costUsd([step, { model: 'gpt-5-nano' }], prices), undefined)
  assert.equal(costUsd([{ usage }], prices), undefined)
  assert.equal(costUsd([], prices), undefined)
})

test('prices that are none are refused', () => {
  checkPrices(prices)
  for (const bad of [{ input: 1 }, { input: 1, output: -1 }, { input: 1, output: 1, cached: 1 }]) {
    assert.throws(() => checkPrices({ m: bad } as unknown as PriceTable), InvalidRequestError)
  }
})

test('a client with prices tells what a call cost, and one without does not', async () => {
  const choices = [{ finishReason: 'stop', message: { content: 'a' } }]
  const tokens = { promptTokens: '1000', completionTokens: '100', totalTokens: '1100' }
  await using sidecar = await startFakeSidecar((response) =>
    answerJson(response, { outputs: [{ choices, model: 'gpt-5-nano', usage: tokens }] }),
  )
  const options = { component: 'gpt', endpoint: { http: sidecar.url } }
  const priced = await new DaprChatClient({ ...options, pricing: prices }).generate('hi')
  assert.equal(priced.metrics.costUsd, (1_000 * 0.05 + 100 * 0.4) / 1e6)
  const { metrics } = await new DaprChatClient(options).generate('hi')
  assert.equal('costUsd' in metrics, false)
})
