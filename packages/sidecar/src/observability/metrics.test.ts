import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError, type ConversationEvent } from '@dapr-chat/protocol'
import { callOf } from '../../testing/index.ts'
import { CallBook } from './call-book.ts'
import { Metrics } from './metrics.ts'

const component = {
  name: 'gpt',
  type: 'conversation.openai',
  provider: 'openai',
  model: 'asked',
  endpoint: undefined,
} as const

const answer: readonly ConversationEvent[] = [
  { type: 'message-start', model: 'answering' },
  { type: 'text-delta', choice: 0, text: 'Hi' },
  { type: 'finish', choice: 0, reason: 'stop' },
  {
    type: 'usage',
    usage: { promptTokens: 3, completionTokens: 5, totalTokens: 8, cachedTokens: 2, reasoningTokens: 1 },
  },
]

/** Figures that calls can be put into. */
function figures({ namespace = '', semconvOptIn }: { namespace?: string; semconvOptIn?: string } = {}) {
  const metrics = new Metrics({ appId: 'app', namespace, semconvOptIn, openCalls: () => 3, heldBytes: () => 7 })
  const book = new CallBook({ priceOf: () => undefined, contents: undefined, reportInternal: assert.ifError })
  book.add(metrics.conversations)
  book.add(metrics.genAi)
  const answered = (model?: string) => {
    const record = book.begin(callOf({ ...(model !== undefined && { model }) }), component)
    record.attempted()
    record.read(answer)
    book.end(record)
  }
  return { metrics, book, answered }
}

test('conversations are counted and timed under the names and labels of daprd', async () => {
  const { metrics, book, answered } = figures()
  answered()
  answered()
  book.end(book.begin(callOf(), component), new ConversationError('auth', 'wrong key'))
  const text = await metrics.text()
  const labels = 'app_id="app",component="gpt",success'
  assert.ok(text.includes(`dapr_component_conversation_count{${labels}="true"} 2`), text)
  assert.ok(text.includes(`dapr_component_conversation_count{${labels}="false"} 1`))
  assert.ok(text.includes(`dapr_component_conversation_latencies_count{${labels}="true"} 2`))
  assert.ok(text.includes(`dapr_component_conversation_latencies_bucket{le="100000",${labels}="true"} 2`))
  assert.ok(!text.includes('namespace='), 'an empty label is left out')
  assert.ok(text.includes('dapr_chat_open_calls 3'))
  assert.ok(text.includes('dapr_chat_pii_held_bytes 7'))
})

test('the namespace is a label where there is one', async () => {
  const { metrics, answered } = figures({ namespace: 'prod' })
  answered()
  assert.ok((await metrics.text()).includes('namespace="prod"'))
})

test('callers who name a thousand models make a hundred series and no more', async () => {
  const { metrics, answered } = figures()
  for (let model = 0; model < 1_000; model++) answered(`model-${model}`)
  const text = await metrics.text()
  const series = text.split('\n').filter((line) => line.startsWith('gen_ai_server_request_duration_seconds_count'))
  assert.equal(series.length, 100)
  assert.match(series.at(-1) ?? '', /gen_ai_request_model="_OTHER".* 901$/)
})

test('the names of the generation in the making take the place of the released ones where they are asked for', async () => {
  const { metrics, answered } = figures({ semconvOptIn: 'http, gen_ai_latest_experimental' })
  answered()
  const text = await metrics.text()
  const value = (name: string) => Number(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'm').exec(text)?.[1])
  assert.equal(value('gen_ai_client_inference_duration_seconds_count'), 1)
  assert.equal(value('gen_ai_client_inference_usage_input_tokens_total'), 3)
  assert.equal(value('gen_ai_client_inference_usage_output_tokens_total'), 5)
  assert.equal(value('gen_ai_client_inference_usage_cache_read_input_tokens_total'), 2)
  assert.equal(value('gen_ai_client_inference_usage_reasoning_output_tokens_total'), 1)
  assert.equal(value('gen_ai_client_inference_operation_output_tokens_sum'), 5)
  assert.equal(value('gen_ai_server_request_duration_seconds_count'), 1)
  assert.ok(!text.includes('gen_ai_client_operation_duration'))
  assert.ok(!text.includes('gen_ai_client_token_usage'))
})
