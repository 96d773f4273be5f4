/** What the spans of conversations say beyond the plain case, as a collector receives it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  chunk,
  done,
  finish,
  open,
  otlpCollector,
  post,
  type ReceivedSpan,
  readText,
  reset,
  type Script,
  scriptedProvider,
  silence,
  startSidecar,
  type TestComponent,
  textAnswer,
  toolDelta,
  upstreamComponent,
  usage,
} from '../testing/index.ts'
import { chat } from './console.ts'
import { eventually } from './conversation.ts'

const timeout = 20_000

/** What is on the spans of the conversations that these questions begin, in order. */
async function spansOf(
  script: Script,
  questions: readonly object[],
  component: (url: string) => TestComponent = (url) => upstreamComponent(url),
  environment: Readonly<Record<string, string>> = {},
): Promise<ReceivedSpan[]> {
  await using collector = await otlpCollector()
  {
    await using upstream = await scriptedProvider(script)
    await using running = await startSidecar([component(upstream.url)], {
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...environment },
    })
    for (const question of questions) await post(running.http, '/v1/chat/completions', question)
  }
  return collector.spans.filter(({ name }) => name.startsWith('chat '))
}

test('a failure is an event of its span, by its code and without what the provider said', { timeout }, async () => {
  const refused = { status: 429, body: '{"error":{"message":"canary"}}' }
  const [failed, fine] = await spansOf(
    ({ index }) => (index === 0 ? refused : { body: textAnswer('Hello') }),
    [chat('gpt'), chat('gpt')],
  )
  assert.deepEqual(failed?.events, [
    { name: 'gen_ai.client.operation.exception', attributes: { 'exception.type': 'rate_limit' } },
  ])
  assert.deepEqual(fine?.events, [])
})

test('a caller who leaves is no failure of the provider', { timeout }, async () => {
  await using collector = await otlpCollector()
  {
    await using upstream = await scriptedProvider(() => ({
      body: (async function* () {
        yield chunk({ content: 'Hello' })
        await silence
      })(),
    }))
    await using running = await startSidecar([upstreamComponent(upstream.url)], {
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    })
    const leaving = new AbortController()
    const body = JSON.stringify(chat('gpt', { stream: true }))
    const response = await open(running.http, '/v1/chat/completions', { body, signal: leaving.signal })
    response.on('error', () => {})
    await new Promise((resolve) => response.once('data', resolve))
    leaving.abort()
    await eventually(() => running.sidecar.openCalls === 0)
  }
  const span = collector.spans.find(({ name }) => name === 'chat scripted')
  assert.deepEqual(span?.events, [])
  assert.deepEqual(span.attributes['gen_ai.response.finish_reasons'], ['error'])
})

test('the answer is known by its id, and each choice by why it stopped', { timeout }, async () => {
  const two = chunk({ content: 'a' }) + chunk({ content: 'b' }, 1)
  const script: Script = () => ({ body: [two, finish('length', 1), finish('stop'), usage(3, 2), done] })
  const question = chat('gpt', { n: 2, stop: ['END', 'FIN'] })
  const [whole] = await spansOf(script, [question])
  assert.deepEqual(whole?.attributes['gen_ai.response.finish_reasons'], ['stop', 'length'])
  assert.deepEqual(whole.attributes['gen_ai.request.stop_sequences'], ['END', 'FIN'])
  assert.equal(whole.attributes['gen_ai.request.choice.count'], 2)
  assert.match(String(whole.attributes['gen_ai.response.id']), /^chatcmpl-/)

  const cut: Script = () => ({
    body: (async function* () {
      yield two + finish('stop')
      await new Promise((resolve) => setTimeout(resolve, 50))
      yield reset
    })(),
  })
  const [broken] = await spansOf(cut, [chat('gpt', { n: 2, stop: 'END' })])
  assert.deepEqual(broken?.attributes['gen_ai.response.finish_reasons'], ['stop', 'error'])
  assert.deepEqual(broken.attributes['gen_ai.request.stop_sequences'], ['END'])
})

for (const [environment, attribute] of [
  [{}, 'gen_ai.usage.cache_creation.input_tokens'],
  [{ OTEL_SEMCONV_STABILITY_OPT_IN: 'http,gen_ai_latest_experimental' }, 'gen_ai.usage.cache_write.input_tokens'],
] as const) {
  test(`input that a vendor takes into its cache is ${attribute}, and a part of all input`, { timeout }, async () => {
    const event = (type: string, members: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`
    const counts = { input_tokens: 3, cache_creation_input_tokens: 50, cache_read_input_tokens: 20, output_tokens: 1 }
    const message = { id: 'msg_7', type: 'message', role: 'assistant', model: 'claude-1', content: [], usage: counts }
    const body = [
      event('message_start', { message: { ...message, stop_reason: null, stop_sequence: null } }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hello' } }),
      event('content_block_stop', { index: 0 }),
      event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 2 } }),
      event('message_stop', {}),
    ]
    const claude = (endpoint: string) => ({
      name: 'claude',
      type: 'conversation.anthropic',
      metadata: { key: 'of the test', model: 'claude-1', endpoint },
    })
    const script: Script = () => ({ headers: { 'content-type': 'text/event-stream' }, body })
    const [span] = await spansOf(script, [chat('claude')], claude, environment)
    const { attributes = {} } = span ?? {}
    assert.equal(attributes['gen_ai.response.id'], 'msg_7')
    assert.equal(attributes['gen_ai.usage.input_tokens'], 73)
    assert.equal(attributes['gen_ai.usage.cache_read.input_tokens'], 20)
    const written = Object.entries(attributes).filter(([name]) => /cache_(creation|write)/.test(name))
    assert.deepEqual(written, [[attribute, 50]])
  })
}

test('the tools that a question offers are on its span where content is asked for', { timeout }, async () => {
  const parameters = { type: 'object', properties: { city: { type: 'string' } } }
  const tools = [{ type: 'function', function: { name: 'weather', description: 'of a city', parameters } }]
  const answer = [
    toolDelta({ index: 0, id: 'call_0', name: 'weather', arguments: '{}' }),
    finish('tool_calls'),
    usage(3, 2),
    done,
  ]
  const asked = [chat('gpt', { tools })]
  const captured = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' }
  const [span] = await spansOf(() => ({ body: answer }), asked, undefined, captured)
  assert.deepEqual(JSON.parse(String(span?.attributes['gen_ai.tool.definitions'])), [
    { type: 'function', name: 'weather', description: 'of a city', parameters },
  ])
  const [plain] = await spansOf(() => ({ body: answer }), asked)
  assert.equal(plain?.attributes['gen_ai.tool.definitions'], undefined)
})

test('figures name the server of a component that has an address of its own', { timeout }, async () => {
  await using collector = await otlpCollector()
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  {
    await using running = await startSidecar([upstreamComponent(upstream.url)], {
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    })
    await post(running.http, '/v1/chat/completions', chat('gpt'))
    const { port } = new URL(upstream.url)
    const text = await readText(await open(running.metrics, '/metrics', { method: 'GET' }))
    assert.match(
      text,
      new RegExp(
        `gen_ai_client_operation_duration_seconds_count\\{.*server_address="127\\.0\\.0\\.1",server_port="${port}"`,
      ),
    )
  }
  const point = collector.points.find(({ name }) => name === 'gen_ai.client.operation.duration')
  assert.equal(point?.attributes['server.address'], '127.0.0.1')
  assert.equal(point.attributes['server.port'], Number(new URL(upstream.url).port))
})
