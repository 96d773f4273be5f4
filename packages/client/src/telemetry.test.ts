import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConversationCall, ConversationError, type Converse, collect } from '@dapr-chat/protocol'
import { context, type Histogram, type Meter, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  StackContextManager,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { beginEvents, startFakeSidecar, wordsAsFrames } from '../testing/fake-sidecar.ts'
import { batches, stop, text } from '../testing/scripted-transport.ts'
import { DaprChatClient } from './index.ts'
import { telemetry, traceTool } from './telemetry.ts'
import { tool } from './tools/tool.ts'

/** Everything that a test looks at: spans that have ended, and values with their histogram and labels. */
function setUp() {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const values: { readonly name: string; readonly value: number; readonly labels: Record<string, unknown> }[] = []
  const boundaries = new Map<string, readonly number[] | undefined>()
  const meter = {
    createHistogram(name: string, options: Parameters<Meter['createHistogram']>[1]) {
      boundaries.set(name, options?.advice?.explicitBucketBoundaries)
      return { record: (value, labels = {}) => values.push({ name, value, labels }) } as Histogram
    },
  } as Meter
  return { exporter, tracer: provider.getTracer('test'), meter, values, boundaries }
}

function callOf(more: Partial<ConversationCall['request']> = {}): ConversationCall {
  return {
    component: 'gpt',
    request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'my secret' }] }], ...more },
    caller: { id: 'anonymous' },
    signal: new AbortController().signal,
  }
}

const usage = { promptTokens: 5, completionTokens: 2, totalTokens: 7, cachedTokens: 1, reasoningTokens: 1 }
const streaming: Converse = () =>
  batches(
    [{ type: 'message-start', id: 'a1', model: 'gpt-5' }],
    [text('Hel')],
    [text('lo')],
    [stop, { type: 'usage', usage }],
  )

test('a question is a span with what was asked and what came of it', async () => {
  const { exporter, tracer, meter } = setUp()
  const converse = telemetry({ tracer, meter })(streaming)
  await collect(converse(callOf({ temperature: 0.5, maxTokens: 9, contextId: 'c' })))
  const [span, ...others] = exporter.getFinishedSpans()
  assert.equal(others.length, 0)
  assert.equal(span?.name, 'chat gpt')
  const { 'gen_ai.response.time_to_first_chunk': first, ...attributes } = span.attributes
  assert.ok(typeof first === 'number' && first >= 0)
  assert.deepEqual(attributes, {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'dapr',
    'gen_ai.request.model': 'gpt',
    'dapr.component.name': 'gpt',
    'gen_ai.output.type': 'text',
    'gen_ai.request.temperature': 0.5,
    'gen_ai.request.max_tokens': 9,
    'gen_ai.conversation.id': 'c',
    'gen_ai.response.id': 'a1',
    'gen_ai.response.model': 'gpt-5',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.request.stream': true,
    'gen_ai.usage.input_tokens': 5,
    'gen_ai.usage.output_tokens': 2,
    'gen_ai.usage.cache_read.input_tokens': 1,
    'gen_ai.usage.reasoning.output_tokens': 1,
  })
  assert.equal(span.status.code, SpanStatusCode.UNSET)
})

test('the histograms have the names and boundaries of the conventions, and few labels', async () => {
  const { tracer, meter, values, boundaries } = setUp()
  await collect(telemetry({ tracer, meter, provider: 'openai' })(streaming)(callOf({ contextId: 'c' })))
  const labels = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt',
    'dapr.component.name': 'gpt',
  }
  const answered = { ...labels, 'gen_ai.response.model': 'gpt-5' }
  assert.deepEqual(
    values.map(({ name, labels }) => [name, labels]),
    [
      ['gen_ai.client.operation.time_to_first_chunk', labels],
      ['gen_ai.client.operation.time_per_output_chunk', labels],
      ['gen_ai.client.operation.duration', answered],
      ['gen_ai.client.token.usage', { ...answered, 'gen_ai.token.type': 'input' }],
      ['gen_ai.client.token.usage', { ...answered, 'gen_ai.token.type': 'output' }],
    ],
  )
  assert.deepEqual(
    values.slice(3).map(({ value }) => value),
    [5, 2],
  )
  assert.equal(boundaries.get('gen_ai.client.operation.duration')?.at(-1), 81.92)
  assert.equal(boundaries.get('gen_ai.client.token.usage')?.at(-1), 67_108_864)
})

test('a whole answer has no first chunk', async () => {
  const { exporter, tracer, meter, values } = setUp()
  await collect(telemetry({ tracer, meter })(() => batches([text('a'), stop]))(callOf()))
  assert.deepEqual(
    values.map(({ name }) => name),
    ['gen_ai.client.operation.duration'],
  )
  assert.equal('gen_ai.request.stream' in (exporter.getFinishedSpans()[0]?.attributes ?? {}), false)
})

test('the trace goes on into the call, below the span of the caller', async () => {
  const { exporter, tracer, meter } = setUp()
  context.setGlobalContextManager(new StackContextManager())
  try {
    let seen: ConversationCall | undefined
    const converse = telemetry({ tracer, meter })((call) => {
      seen = call
      return streaming(call)
    })
    const parent = tracer.startSpan('program')
    await collect(context.with(trace.setSpan(context.active(), parent), () => converse(callOf())))
    const [span] = exporter.getFinishedSpans()
    const { traceId, spanId } = span?.spanContext() ?? {}
    assert.equal(seen?.trace?.traceparent, `00-${traceId}-${spanId}-01`)
    assert.equal(span?.parentSpanContext?.spanId, parent.spanContext().spanId)
  } finally {
    context.disable()
  }
})

test('a failure is an error of few kinds, and what had come is not a success', async () => {
  for (const [thrown, type] of [
    [new ConversationError('rate_limit', 'slow down'), 'rate_limited'],
    [new ConversationError('interrupted', 'cut'), 'connection'],
    [new RangeError('x'), '_OTHER'],
  ] as const) {
    const { exporter, tracer, meter, values } = setUp()
    const failing: Converse = async function* () {
      yield [text('half')]
      throw thrown
    }
    await assert.rejects(collect(telemetry({ tracer, meter })(failing)(callOf())), thrown)
    const [span] = exporter.getFinishedSpans()
    assert.equal(span?.status.code, SpanStatusCode.ERROR)
    assert.equal(span?.attributes['error.type'], type)
    assert.deepEqual(span?.attributes['gen_ai.response.finish_reasons'], ['error'])
    assert.equal(values.at(-1)?.labels['error.type'], type)
  }
})

test('a reader who leaves ends the span and closes the source', async () => {
  const { exporter, tracer, meter } = setUp()
  let closed = false
  const endless: Converse = async function* () {
    try {
      while (true) yield [text('a')]
    } finally {
      closed = true
    }
  }
  for await (const _ of telemetry({ tracer, meter })(endless)(callOf())) break
  assert.equal(closed, true)
  assert.equal(exporter.getFinishedSpans()[0]?.attributes['error.type'], 'cancelled')
})

test('what is said is recorded only where that is asked for', async () => {
  for (const captureContent of [false, true]) {
    const { exporter, tracer, meter } = setUp()
    await collect(telemetry({ tracer, meter, captureContent })(streaming)(callOf()))
    const { attributes = {} } = exporter.getFinishedSpans()[0] ?? {}
    assert.equal(JSON.stringify(attributes).includes('secret'), captureContent)
    assert.equal(JSON.stringify(attributes).includes('Hello'), captureContent)
    if (!captureContent) continue
    assert.deepEqual(JSON.parse(String(attributes['gen_ai.input.messages'])), [
      { role: 'user', parts: [{ type: 'text', content: 'my secret' }] },
    ])
  }
})

test('without an SDK nothing is recorded and nothing changes', async () => {
  let seen: ConversationCall | undefined
  const result = await collect(
    telemetry()((call) => {
      seen = call
      return streaming(call)
    })(callOf()),
  )
  assert.equal(result.choices[0]?.text, 'Hello')
  assert.equal(seen && 'trace' in seen, false)
})

test("the sidecar is asked below the span of the question, with the program's own headers on top", async () => {
  const { exporter, tracer, meter } = setUp()
  await using sidecar = await startFakeSidecar((response) => {
    beginEvents(response)
    response.end(wordsAsFrames(['a']))
  })
  const client = new DaprChatClient({
    component: 'echo',
    endpoint: { http: sidecar.url },
    middleware: [telemetry({ tracer, meter })],
  })
  assert.equal((await client.generateStream('hi', { headers: { 'x-a': 'b' } }).result).text, 'a')
  const [span] = exporter.getFinishedSpans()
  const { traceId, spanId } = span?.spanContext() ?? {}
  const { headers } = sidecar.requests[0] ?? {}
  assert.deepEqual([headers?.traceparent, headers?.['x-a']], [`00-${traceId}-${spanId}-01`, 'b'])
})

test('a run of a traced tool is a span, and its failure too', async () => {
  const { exporter, tracer } = setUp()
  const add = tool({
    name: 'add',
    description: 'Adds',
    input: { type: 'object' },
    execute: ({ fails }: { readonly fails?: boolean }) => {
      if (fails) throw new Error('cannot')
      return { sum: 3 }
    },
  })
  const traced = traceTool(add, { tracer, captureContent: true })
  assert.deepEqual([traced.name, traced.parameters], [add.name, add.parameters])
  const at = { signal: new AbortController().signal, toolCallId: 'c1', step: 1, messages: [] }
  assert.deepEqual(await traced.execute({}, at), { sum: 3 })
  await assert.rejects(async () => traced.execute({ fails: true }, at), /cannot/)
  const [run, failed] = exporter.getFinishedSpans()
  assert.equal(run?.name, 'execute_tool add')
  assert.deepEqual(run?.attributes, {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'add',
    'gen_ai.tool.call.id': 'c1',
    'gen_ai.tool.call.arguments': '{}',
    'gen_ai.tool.call.result': '{"sum":3}',
  })
  assert.equal(failed?.status.code, SpanStatusCode.ERROR)
})
