/** What Prometheus sees of known traffic: one call of each kind, and the numbers that must come out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunk, post, readText, reset, type ScriptedAnswer, send, textAnswer } from '../testing/index.ts'
import { ask, eventually, readUntil, stallAfter, startConversation } from './conversation.ts'
import { readSamples, total } from './figures.ts'
import { surfaces } from './surfaces.ts'

const timeout = 20_000

const failed = (status: number): ScriptedAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ error: { message: `the provider says ${status}` } }),
})

/** What the provider answers, in order: five calls, one of them in two attempts. */
const script: readonly ScriptedAnswer[] = [
  { body: textAnswer('Hello', ' there', '!') },
  failed(401),
  failed(503),
  { body: textAnswer('Again') },
  { body: stallAfter(chunk({ content: 'Hello' })) },
  {
    body: (async function* () {
      yield chunk({ content: 'Hello' })
      // So that the piece is read before the connection breaks.
      await new Promise((resolve) => setTimeout(resolve, 50))
      yield reset
    })(),
  },
]

const resiliency = JSON.stringify({
  apiVersion: 'dapr.io/v1alpha1',
  kind: 'Resiliency',
  metadata: { name: 'of-the-test' },
  spec: {
    policies: { retries: { mine: { policy: 'constant', duration: 1, maxRetries: 1 } } },
    targets: { components: { gpt: { outbound: { retry: 'mine' } } } },
  },
})

test('one call of each kind gives exactly these figures', { timeout }, async () => {
  const answers = ({ index }: { index: number }) => script[index] ?? failed(500)
  await using conversation = await startConversation(answers, {}, { 'resiliency.yaml': resiliency })
  const { http, metrics, sidecar } = conversation
  const stream = 'a stream of Dapr'
  await readText(await ask(http, stream))
  await readText(await ask(http, stream))
  await readText(await ask(http, stream))
  const caller = new AbortController()
  await readUntil(await ask(http, stream, { signal: caller.signal }), 'Hello')
  const open = await readSamples(metrics)
  caller.abort()
  await eventually(() => sidecar.openCalls === 0)
  await readText(await ask(http, stream))
  await post(http, '/v1.0-alpha2/conversation/nobody/converse', {})
  await post(http, '/v1.0-alpha2/conversation/gpt/converse', {})

  const posts = async () => total(await readSamples(metrics), 'dapr_http_server_request_count', { method: 'POST' })
  // Each is counted when its connection is done with it, a moment after the caller has read the end.
  await eventually(async () => (await posts()) === 7)
  const samples = await readSamples(metrics)
  const gpt = { component: 'gpt' }
  const genAi = { dapr_component_name: 'gpt', gen_ai_provider_name: 'openai', gen_ai_request_model: 'scripted' }
  const expected: readonly (readonly [name: string, labels: Record<string, string>, value: number])[] = [
    ['dapr_component_conversation_count', { ...gpt, success: 'true' }, 2],
    ['dapr_component_conversation_count', { ...gpt, success: 'false' }, 3],
    ['dapr_component_conversation_latencies_count', gpt, 5],
    ['dapr_chat_open_calls', {}, 0],
    ['dapr_chat_open_streams', gpt, 0],
    ['dapr_chat_cancelled_total', gpt, 1],
    ['dapr_chat_interrupted_total', gpt, 1],
    ['dapr_chat_overhead_seconds_count', gpt, 5],
    // The two that came to their end have token counts, and the scripted model has no price.
    ['dapr_chat_unpriced_total', { ...gpt, model: 'scripted-1' }, 2],
    ['dapr_chat_cost_usd_total', gpt, 0],
    ['dapr_resiliency_activations_total', { policy: 'retry', target: 'Conversation_gpt' }, 1],
    ['gen_ai_client_operation_duration_seconds_count', genAi, 5],
    ['gen_ai_client_operation_duration_seconds_count', { ...genAi, error_type: 'auth' }, 1],
    ['gen_ai_client_operation_duration_seconds_count', { ...genAi, error_type: 'cancelled' }, 1],
    ['gen_ai_client_operation_duration_seconds_count', { ...genAi, error_type: 'connection' }, 1],
    ['gen_ai_client_operation_time_to_first_chunk_seconds_count', genAi, 4],
    // Only one answer had more than one piece.
    ['gen_ai_client_operation_time_per_output_chunk_seconds_count', genAi, 1],
    ['gen_ai_client_token_usage_sum', { ...genAi, gen_ai_token_type: 'input' }, 6],
    ['gen_ai_client_token_usage_sum', { ...genAi, gen_ai_token_type: 'output' }, 4],
    ['gen_ai_client_token_usage_count', genAi, 4],
    ['gen_ai_server_request_duration_seconds_count', genAi, 5],
    ['gen_ai_server_time_to_first_token_seconds_count', { ...genAi, gen_ai_response_model: 'scripted-1' }, 2],
    ['gen_ai_server_time_per_output_token_seconds_count', genAi, 1],
    ['dapr_error_code_total', { error_code: 'ERR_CONVERSATION_INVOKE', category: 'conversation' }, 2],
    ['dapr_error_code_total', { error_code: 'ERR_CONVERSATION_NOT_FOUND' }, 1],
    ['dapr_error_code_total', { error_code: 'ERR_CONVERSATION_MISSING_INPUTS' }, 1],
    ['dapr_http_server_request_count', { path: '/v1.0-alpha2/conversation/gpt/converse', method: 'POST' }, 6],
    ['dapr_http_server_response_count', { path: '/v1.0-alpha2/conversation/gpt/converse', status: '400' }, 1],
    ['dapr_http_server_response_count', { path: '/v1.0-alpha2/conversation/gpt/converse', status: '499' }, 1],
    ['dapr_http_server_latency_count', { path: '/v1.0-alpha2/conversation/gpt/converse' }, 6],
    ['dapr_http_server_request_count', { path: '/v1.0-alpha2/conversation/:name/converse', status: '400' }, 1],
    ['dapr_runtime_component_loaded', {}, 2],
    ['dapr_runtime_component_init_total', {}, 2],
    ['dapr_runtime_component_init_fail_total', {}, 0],
  ]
  assert.deepEqual(
    expected.map(([name, labels]) => [name, labels, total(samples, name, labels)]),
    expected,
  )
  assert.equal(total(open, 'dapr_chat_open_streams', gpt), 1)
  assert.equal(total(open, 'dapr_chat_open_calls'), 1)
  assert.ok(samples.some(({ name }) => name === 'nodejs_eventloop_lag_p99_seconds'))
})

test('calls over gRPC are counted by method and status', { timeout }, async () => {
  await using conversation = await startConversation(() => ({ body: textAnswer('Hello') }))
  const { 'an answer over gRPC': overGrpc } = surfaces
  await overGrpc?.(conversation, { component: 'gpt', text: 'Hello?' })
  await assert.rejects(async () => overGrpc?.(conversation, { component: 'nobody', text: 'Hello?' }))
  const samples = await readSamples(conversation.metrics)
  const method = { grpc_server_method: '/dapr.proto.runtime.v1.Dapr/ConverseAlpha2' }
  const ok = { ...method, grpc_server_status: 'OK' }
  const refused = { ...method, grpc_server_status: 'InvalidArgument' }
  assert.equal(total(samples, 'dapr_grpc_io_server_completed_rpcs', ok), 1)
  assert.equal(total(samples, 'dapr_grpc_io_server_completed_rpcs', refused), 1)
  assert.equal(total(samples, 'dapr_grpc_io_server_server_latency_count', method), 2)
  assert.equal(total(samples, 'dapr_error_code_total', { error_code: 'ERR_CONVERSATION_NOT_FOUND' }), 1)
})

test('calls without the token are counted, and the metrics on the port of the API want it too', {
  timeout,
}, async () => {
  await using conversation = await startConversation(() => ({ body: textAnswer('Hello') }), { apiToken: 'secret' })
  const { http, metrics } = conversation
  assert.equal((await send(http, '/metrics')).status, 401)
  assert.equal((await post(http, '/v1/chat/completions', {})).status, 401)
  const samples = await readSamples(metrics)
  assert.equal(total(samples, 'dapr_error_code_total', { error_code: 'ERR_UNAUTHENTICATED' }), 1)
})

test('the metrics are on the port of the API too', { timeout }, async () => {
  await using conversation = await startConversation(() => ({ body: textAnswer('Hello') }))
  const answer = await send(conversation.http, '/metrics')
  assert.equal(answer.status, 200)
  assert.match(answer.headers['content-type'] ?? '', /^text\/plain/)
  assert.match(answer.text, /^dapr_chat_open_calls 0$/m)
})
