/** Traces and figures of real traffic, as a collector receives them. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { create, toBinary } from '@bufbuild/protobuf'
import { ConversationRequestAlpha2Schema, readRequestJson } from '@dapr-chat/protocol/dapr'
import {
  callGrpc,
  chunk,
  done,
  echoComponent,
  finish,
  type OtlpCollector,
  open,
  otlpCollector,
  otlpGrpcCollector,
  post,
  type ReceivedPoint,
  type ReceivedSpan,
  reset,
  type Script,
  type ScriptedAnswer,
  scriptedProvider,
  send,
  silence,
  startSidecar,
  textAnswer,
  upstreamComponent,
  usage,
} from '../testing/index.ts'

type Settings = Parameters<typeof startSidecar>[1]

const traceId = '0af7651916cd43dd8448eb211c80319c'
const parent = `00-${traceId}-b7ad6b7169203331-01`
const path = '/v1.0-alpha2/conversation/gpt/converse'
const method = '/dapr.proto.runtime.v1.Dapr/ConverseAlpha2'
const canary = 'canary-7f3a'
const question = { inputs: [{ messages: [{ ofUser: { content: [{ text: canary }] } }] }], contextId: 'c-1' }
const answer = { body: textAnswer('the ', canary) }

/** A sidecar in front of a scripted provider that sends to the collector. */
async function observed(collector: OtlpCollector, script: Script, given: Given = {}) {
  await using stack = new AsyncDisposableStack()
  const upstream = stack.use(await scriptedProvider(script))
  const running = stack.use(
    await startSidecar(
      [upstreamComponent(upstream.url, given.metadata), echoComponent],
      { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...given.environment }, ...given.settings },
      given.files,
    ),
  )
  const owned = stack.move()
  return { upstream, running, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

interface Given {
  readonly environment?: Readonly<Record<string, string>>
  readonly metadata?: Readonly<Record<string, string>>
  readonly settings?: Settings
  readonly files?: Readonly<Record<string, string>>
}

/** The one span of a name. */
function named(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const [found, ...others] = spans.filter((span) => span.name === name)
  assert.ok(found && others.length === 0, `${name}: ${spans.map((span) => span.name)}`)
  return found
}

/** The one series of a metric, or the one with the attribute. */
function point(points: readonly ReceivedPoint[], name: string, attributes: object = {}): ReceivedPoint {
  const matching = points.filter(
    (one) =>
      one.name === name &&
      Object.entries(attributes).every(([attribute, value]) => one.attributes[attribute] === value),
  )
  assert.equal(matching.length, 1, `${name}: ${points.map((one) => one.name)}`)
  return matching[0] as ReceivedPoint
}

function grpcQuestion(component: string): Uint8Array {
  const message = readRequestJson(ConversationRequestAlpha2Schema, Buffer.from(JSON.stringify(question)))
  return toBinary(
    ConversationRequestAlpha2Schema,
    create(ConversationRequestAlpha2Schema, { ...message, name: component }),
  )
}

for (const protocol of ['http/protobuf', 'http/json', 'grpc']) {
  test(`a conversation is a trace of three spans, and figures, over ${protocol}`, async () => {
    await using collector = await (protocol === 'grpc' ? otlpGrpcCollector() : otlpCollector())
    const environment = {
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    }
    const subject = await observed(collector, answer, { environment })
    const { upstream } = subject
    const { status, headers } = await post(
      subject.running.http,
      path,
      { ...question, temperature: 0.5 },
      { traceparent: parent, 'dapr-caller-app-id': 'shop', 'dapr-api-token': 'token-of-nobody' },
    )
    assert.equal(status, 200)
    await subject[Symbol.asyncDispose]()

    const { spans } = collector
    assert.equal(spans.length, 3)
    const api = named(spans, path)
    const chat = named(spans, 'chat scripted')
    const attempt = named(spans, 'POST')
    assert.deepEqual([api.traceId, chat.traceId, attempt.traceId], [traceId, traceId, traceId])
    assert.deepEqual(
      [api.parentSpanId, chat.parentSpanId, attempt.parentSpanId],
      [parent.slice(36, 52), api.spanId, chat.spanId],
    )
    assert.deepEqual([api.kind, chat.kind, attempt.kind], [2, 3, 3])
    assert.deepEqual([api.status.code, chat.status.code, attempt.status.code], [0, 0, 0])
    assert.equal(headers.traceparent, `00-${traceId}-${api.spanId}-01`)
    assert.equal((await upstream.requestArrived()).headers.traceparent, `00-${traceId}-${chat.spanId}-01`)
    assert.partialDeepStrictEqual(api.attributes, {
      'dapr.api': `POST ${path}`,
      'dapr.protocol': 'http',
      'dapr.status_code': '200',
      'dapr-caller-app-id': 'shop',
      'http.request.method': 'POST',
    })
    assert.partialDeepStrictEqual(chat.attributes, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'scripted',
      'gen_ai.response.model': 'scripted-1',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.stream': false,
      'gen_ai.output.type': 'text',
      'gen_ai.conversation.id': 'c-1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 3,
      'gen_ai.usage.output_tokens': 2,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(upstream.url).port),
      'dapr.component.name': 'gpt',
    })
    const first = chat.attributes['gen_ai.response.time_to_first_chunk']
    assert.ok(typeof first === 'number' && first > 0 && first <= (chat.endMs - chat.startMs) / 1_000, String(first))
    // Each begins and ends within the one above it; clocks are read to the millisecond.
    for (const [inner, outer] of [
      [attempt, chat],
      [chat, api],
    ] as const) {
      assert.ok(outer.startMs <= inner.startMs && inner.startMs <= inner.endMs && inner.endMs <= outer.endMs + 1)
    }
    assert.deepEqual(
      [chat.resource['service.name'], chat.resource['deployment.environment.name']],
      ['dapr-chat', 'test'],
    )

    const { points } = collector
    const known = {
      'gen_ai.provider.name': 'openai',
      'dapr.component.name': 'gpt',
      'gen_ai.response.model': 'scripted-1',
    }
    const duration = point(points, 'gen_ai.client.operation.duration', known)
    assert.deepEqual([duration.count, duration.unit, duration.bounds?.length], [1, 's', 14])
    const server = point(points, 'gen_ai.server.request.duration', known)
    assert.ok(server.sum >= duration.sum && duration.sum > 0)
    assert.equal(point(points, 'gen_ai.client.token.usage', { ...known, 'gen_ai.token.type': 'input' }).sum, 3)
    assert.equal(point(points, 'gen_ai.client.token.usage', { ...known, 'gen_ai.token.type': 'output' }).sum, 2)
    assert.equal(point(points, 'gen_ai.client.operation.time_to_first_chunk', known).count, 1)
    assert.equal(point(points, 'gen_ai.server.time_to_first_token', known).count, 1)
    assert.equal(point(points, 'dapr_chat.calls', { 'dapr_chat.call.state': 'succeeded' }).sum, 1)

    for (const secret of [canary, 'sk-of-the-test', 'token-of-nobody'])
      assert.ok(!collector.text.includes(secret), secret)
    assert.ok(collector.headers.every((sent) => sent['x-tenant'] === 'a b'))
    if (protocol !== 'grpc') {
      const type = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf'
      assert.deepEqual([...new Set(collector.requests)].sort(), [`/v1/metrics ${type}`, `/v1/traces ${type}`])
    }
  })
}

test('a call over gRPC has the same trace, and each attempt a span of its own', async () => {
  await using collector = await otlpCollector()
  const failure = { status: 503, headers: { 'content-type': 'application/json' }, body: '{}' }
  const resiliency = {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Resiliency',
    metadata: { name: 'r' },
    spec: {
      policies: { retries: { mine: { policy: 'constant', duration: 1, maxRetries: 2 } } },
      targets: { components: { gpt: { outbound: { retry: 'mine' } } } },
    },
  }
  const subject = await observed(collector, ({ index }) => (index === 0 ? failure : answer), {
    files: { 'resiliency.yaml': JSON.stringify(resiliency) },
  })
  const reply = await callGrpc(subject.running.grpc, 'ConverseAlpha2', grpcQuestion('gpt'))
  assert.equal(reply.code, 0, reply.details)
  await subject[Symbol.asyncDispose]()
  const api = named(collector.spans, method)
  const chat = named(collector.spans, 'chat scripted')
  const attempts = collector.spans.filter(({ name }) => name === 'POST')
  assert.deepEqual([api.parentSpanId, api.kind, chat.parentSpanId], ['', 2, api.spanId])
  assert.partialDeepStrictEqual(api.attributes, {
    'dapr.api': method,
    'dapr.protocol': 'grpc',
    'dapr.status_code': '0',
    'rpc.method': 'ConverseAlpha2',
  })
  assert.deepEqual(reply.headers.get('traceparent'), [`00-${api.traceId}-${api.spanId}-01`])
  assert.deepEqual(
    attempts.map(({ parentSpanId, status, attributes }) => [
      parentSpanId,
      status.code,
      attributes['http.request.resend_count'],
    ]),
    [
      [chat.spanId, 2, undefined],
      [chat.spanId, 0, 1],
    ],
  )
  const [failed, retried] = attempts
  assert.ok(failed && retried && failed.endMs <= retried.startMs)
  assert.equal(point(collector.points, 'dapr_chat.retries').sum, 1)
})

test('failures are named on spans and figures by the same few words, and nothing that was said is among them', async () => {
  await using collector = await otlpCollector()
  const refused = {
    status: 400,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { message: `Cannot answer ${canary}`, code: 'content_filter' } }),
  }
  const cut: ScriptedAnswer = { body: [chunk({ content: canary }), reset] }
  const subject = await observed(collector, ({ index }) => (index === 0 ? refused : cut))
  assert.equal((await post(subject.running.http, path, question)).status, 500)
  const streamed = await post(subject.running.http, path, question, { accept: 'text/event-stream' })
  assert.match(streamed.text, /event: error/)
  assert.equal((await post(subject.running.http, '/v1.0-alpha2/conversation/none/converse', question)).status, 400)
  await subject[Symbol.asyncDispose]()
  const chats = collector.spans.filter(({ name }) => name === 'chat scripted')
  assert.deepEqual(
    chats.map(({ status, attributes }) => [
      status.code,
      attributes['error.type'],
      attributes['gen_ai.response.finish_reasons'],
    ]),
    [
      [2, 'content_filter', undefined],
      [2, 'connection', ['error']],
    ],
  )
  const apis = collector.spans.filter(({ kind }) => kind === 2)
  assert.deepEqual(
    apis.map(({ status, attributes }) => [attributes['dapr.status_code'], status.code]),
    [
      ['500', 2],
      ['200', 0],
      ['400', 2],
    ],
  )
  for (const type of ['content_filter', 'connection']) {
    assert.equal(point(collector.points, 'gen_ai.client.operation.duration', { 'error.type': type }).count, 1)
  }
  assert.ok(!collector.text.includes(canary))
})

test('a caller who leaves ends both spans as cancelled', async () => {
  await using collector = await otlpCollector()
  async function* endless() {
    yield chunk({ content: 'one' })
    await silence
  }
  const subject = await observed(collector, () => ({ body: endless() }))
  const leaving = new AbortController()
  const response = await open(subject.running.http, path, {
    body: JSON.stringify(question),
    headers: { accept: 'text/event-stream' },
    signal: leaving.signal,
  })
  await new Promise((resolve) => response.once('data', resolve))
  response.on('error', () => {})
  leaving.abort()
  await subject.upstream.connectionClosed()
  await subject[Symbol.asyncDispose]()
  assert.equal(named(collector.spans, path).attributes['dapr.status_code'], '499')
  assert.equal(named(collector.spans, 'chat scripted').attributes['error.type'], 'cancelled')
})

test('echo is within the sidecar, and a stream that nobody traces begins a trace of its own', async () => {
  await using collector = await otlpCollector()
  await using subject = await observed(collector, answer)
  const echo = '/v1.0-alpha2/conversation/echo/converse'
  const { headers } = await post(subject.running.http, echo, question, { accept: 'text/event-stream' })
  assert.equal((await send(subject.running.http, '/v1.0/healthz')).headers.traceparent, undefined)
  await subject.running.sidecar.close()
  const api = named(collector.spans, echo)
  assert.equal(headers.traceparent, `00-${api.traceId}-${api.spanId}-01`)
  const chat = named(collector.spans, 'chat echo')
  assert.deepEqual([chat.kind, chat.attributes['gen_ai.provider.name']], [1, 'echo'])
  assert.equal(chat.attributes['gen_ai.request.stream'], true)
  assert.equal(collector.spans.length, 3)
})

for (const [metadata, settings, arrives] of [
  [{}, 'to this machine', true],
  [{ propagateTrace: 'false' }, 'to nobody who is not to have it', false],
] as const) {
  test(`the trace goes on ${settings}, with or without spans of ours`, async () => {
    await using collector = await otlpCollector()
    for (const environment of [{}, { OTEL_SDK_DISABLED: 'true' }]) {
      await using subject = await observed(collector, answer, { metadata, environment })
      await post(subject.running.http, path, question, { traceparent: parent, tracestate: 'a=b', baggage: 'c=d' })
      const { headers } = await subject.upstream.requestArrived()
      assert.equal(String(headers.traceparent).startsWith(`00-${traceId}-`), arrives)
      assert.deepEqual([headers.tracestate, headers.baggage], [arrives ? 'a=b' : undefined, undefined])
    }
  })
}

test("a caller's decision against recording holds, and sampling can be switched off", async () => {
  await using collector = await otlpCollector()
  for (const [traceparent, environment, flags] of [
    [`${parent.slice(0, -1)}0`, {}, '00'],
    [parent, { OTEL_TRACES_SAMPLER: 'always_off' }, '00'],
    [parent, { OTEL_TRACES_EXPORTER: 'none' }, '01'],
  ] as const) {
    await using subject = await observed(collector, answer, { environment })
    const { headers } = await post(subject.running.http, path, question, { traceparent })
    assert.match(String(headers.traceparent), new RegExp(`^00-${traceId}-.*-${flags}$`))
  }
  assert.deepEqual(collector.spans, [])
  assert.ok(collector.points.length > 0, 'figures are not sampled')
})

test('content is on spans where it is asked for, without what was scrubbed', async () => {
  await using collector = await otlpCollector()
  const environment = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_ONLY' }
  const subject = await observed(collector, { body: textAnswer('mail to someone@example.com') }, { environment })
  const asked = {
    scrubPii: true,
    inputs: [{ scrubPII: true, messages: [{ ofUser: { content: [{ text: `${canary} from me@example.com` }] } }] }],
  }
  assert.equal((await post(subject.running.http, path, asked)).status, 200)
  await subject[Symbol.asyncDispose]()
  const { attributes } = named(collector.spans, 'chat scripted')
  const input = JSON.parse(String(attributes['gen_ai.input.messages']))
  const output = JSON.parse(String(attributes['gen_ai.output.messages']))
  assert.match(input[0].parts[0].content, new RegExp(canary))
  assert.equal(output[0].finish_reason, 'stop')
  assert.match(output[0].parts[0].content, /^mail to /)
  assert.ok(!collector.text.includes('@example.com'), collector.text)
})

test('a collector that is not there is told of once, and disturbs no call', { timeout: 30_000 }, async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await new Promise((resolve) => taken.close(resolve))
  const script = `
    import { startSidecar, post, echoComponent } from '@dapr-chat/sidecar/testing'
    const running = await startSidecar([echoComponent], {
      logLevel: 'warn',
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:${port}', OTEL_METRIC_EXPORT_INTERVAL: '20', OTEL_EXPORTER_OTLP_TIMEOUT: '20' },
    })
    for (let index = 0; index < 5; index++) {
      const { status } = await post(running.http, '/v1.0-alpha2/conversation/echo/converse', ${JSON.stringify(question)})
      if (status !== 200) process.exit(1)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await running.sidecar.close()`
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
  })
  assert.equal(stderr.match(/The traces cannot be sent/g)?.length, 1, stderr)
  assert.equal(stderr.match(/The metrics cannot be sent/g)?.length, 1, stderr)
})

test('without a destination nothing of the SDK is loaded', async () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
    const { startSidecar, post, echoComponent } = await import('@dapr-chat/sidecar/testing')
    const running = await startSidecar([echoComponent])
    await post(running.http, '/v1.0-alpha2/conversation/echo/converse', ${JSON.stringify(question)})
    await running.sidecar.close()
    console.log(loaded.length, JSON.stringify(loaded.filter((url) => url.includes('@opentelemetry'))))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
  })
  const [, count, loaded] = /^(\d+) (.*)$/.exec(stdout.trim()) ?? []
  assert.ok(Number(count) > 100, stdout)
  // prom-client brings the API along, which does nothing by itself.
  assert.deepEqual(
    JSON.parse(loaded ?? '').filter((url: string) => !url.includes('@opentelemetry/api/')),
    [],
  )
})

test('the generation of names in the making is sent where it is asked for', async () => {
  await using collector = await otlpCollector()
  const environment = { OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental' }
  const counted = [chunk({ content: 'a' }), finish('stop'), usage(7, 4), done]
  const subject = await observed(collector, { body: counted }, { environment })
  await post(subject.running.http, path, question)
  await subject[Symbol.asyncDispose]()
  assert.equal(point(collector.points, 'gen_ai.client.inference.usage.input_tokens').sum, 7)
  assert.equal(point(collector.points, 'gen_ai.client.inference.operation.output_tokens').sum, 4)
  assert.ok(!collector.points.some(({ name }) => name === 'gen_ai.client.token.usage'))
})
