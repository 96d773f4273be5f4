import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Usage } from '@dapr-chat/protocol'
import { type PricedCall, Pricing } from './pricing.ts'

const usage: Usage = { promptTokens: 1_000_000, completionTokens: 1_000_000, totalTokens: 2_000_000 }
const call = (more: Partial<PricedCall> & { provider?: string; endpoint?: string } = {}): PricedCall => {
  const { provider = 'openai', endpoint, ...rest } = more
  return {
    component: { provider, endpoint },
    askedModel: 'gpt-4o-mini',
    answeringModel: 'gpt-4o-mini-2024-07-18',
    cached: false,
    usage,
    startedAt: Date.UTC(2026, 0, 1),
    ...rest,
  }
}

const pricing = new Pricing()
before(() => pricing.load())

/** To a hundredth of a cent. */
const rounded = (cost: number | undefined) => cost && Math.round(cost * 10_000) / 10_000

test('a model of the table has its price, with what the vendor cached for less', () => {
  assert.equal(rounded(pricing.cost(call())), 0.75)
  assert.equal(rounded(pricing.cost(call({ usage: { ...usage, cachedTokens: 1_000_000 } }))), 0.675)
})

test('what goes into the cache of a vendor costs what that vendor says', () => {
  const claude = { provider: 'anthropic', askedModel: 'claude-sonnet-4-5', answeringModel: 'claude-sonnet-4-5' }
  const asked = { ...usage, completionTokens: 0 }
  assert.equal(rounded(pricing.cost(call({ ...claude, usage: { ...asked, promptTokens: 100_000 } }))), 0.3)
  const written = { ...asked, promptTokens: 100_000, cacheWriteTokens: 100_000 }
  assert.equal(rounded(pricing.cost(call({ ...claude, usage: written }))), 0.375)
  assert.equal(rounded(pricing.cost(call({ usage: { ...asked, cacheWriteTokens: 2_000_000 } }))), 0.15)
})

test('the model that was asked for counts where the answer names none that is known', () => {
  assert.equal(rounded(pricing.cost(call({ answeringModel: 'my-deployment' }))), 0.75)
})

test('a deployment of Azure has the price of the model that answers', () => {
  const azure = { provider: 'azure.ai.openai', endpoint: 'https://mine.openai.azure.com', askedModel: 'my-deployment' }
  assert.equal(rounded(pricing.cost(call(azure))), 0.75)
})

test('long questions have the price of long questions, and many of them that of each', () => {
  const gemini = { provider: 'gcp.gemini', askedModel: 'gemini-2.5-pro', answeringModel: 'gemini-2.5-pro' }
  const short = pricing.cost(call({ ...gemini, usage: { ...usage, promptTokens: 100_000 } })) ?? 0
  const long = pricing.cost(call({ ...gemini, usage: { ...usage, promptTokens: 300_000 } })) ?? 0
  assert.ok(long > 3 * short - 20 && long > short, `${short} ${long}`)
  assert.equal(rounded(short), 10.125)
  assert.equal(rounded(long), 15.75)
})

test('what is not known stays unknown', () => {
  const unknown = [
    call({ askedModel: 'mine', answeringModel: 'mine' }),
    call({ askedModel: undefined, answeringModel: undefined }),
    call({ usage: undefined }),
    call({ provider: 'ollama', endpoint: 'http://localhost:11434/v1' }),
    // A server of somebody's own speaks OpenAI's wire, and has not OpenAI's prices.
    call({ endpoint: 'http://127.0.0.1:8000/v1' }),
    call({ provider: 'made-up' }),
  ]
  assert.deepEqual(
    unknown.map((priced) => pricing.cost(priced)),
    unknown.map(() => undefined),
  )
})

test('a vendor behind an address that is known has that vendor’s prices', () => {
  const groq = { endpoint: 'https://api.groq.com/openai/v1', askedModel: 'llama-3.1-8b-instant' }
  const cost = pricing.cost(call({ ...groq, answeringModel: undefined }))
  assert.ok(cost !== undefined && cost > 0 && cost < 1, String(cost))
})

test('what our own cache answers, and what echo answers, costs nothing', () => {
  assert.equal(pricing.cost(call({ cached: true })), 0)
  assert.equal(pricing.cost(call({ provider: 'echo', usage: undefined })), 0)
})

test('own prices win, before the table is loaded too', () => {
  const own = new Pricing(new Map([['gpt-4o-mini', { input: 1, output: 2 }]]))
  assert.equal(own.cost(call({ answeringModel: 'gpt-4o-mini' })), 3)
  assert.equal(own.cost(call({ askedModel: 'other', answeringModel: 'other' })), undefined)
})

test('counts that contradict each other have a price all the same', () => {
  const odd = { ...usage, promptTokens: 0, completionTokens: 0, cachedTokens: 7, promptAudioTokens: 9 }
  assert.equal(pricing.cost(call({ usage: odd })), 0)
})
