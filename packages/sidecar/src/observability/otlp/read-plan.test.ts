import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TracingConfiguration } from '../../configuration/tracing.ts'
import { readPairs, readTelemetryPlan } from './read-plan.ts'

const configured: TracingConfiguration = {
  samplingRate: 0.5,
  stdout: false,
  zipkin: false,
  otlp: { endpoint: 'collector:4317', protocol: 'grpc', secure: true, headers: 'a=1,b=2', timeoutMs: 5_000 },
}

/** Reads with these variables, without their common beginning. */
function read(variables: Readonly<Record<string, string>>, tracing?: TracingConfiguration) {
  const warnings: string[] = []
  const environment = Object.fromEntries(Object.entries(variables).map(([name, value]) => [`OTEL_${name}`, value]))
  const plan = readTelemetryPlan({ environment, tracing, appId: 'app', warn: (message) => warnings.push(message) })
  return { plan, warnings }
}

test('nothing is sent where nothing is said, or where the SDK is disabled', () => {
  for (const variables of [{}, { EXPORTER_OTLP_ENDPOINT: '' }, { SERVICE_NAME: 'x', TRACES_SAMPLER: 'always_on' }]) {
    assert.deepEqual(read(variables), { plan: undefined, warnings: [] })
  }
  const off = { SDK_DISABLED: 'TRUE', EXPORTER_OTLP_ENDPOINT: 'http://a:1' }
  assert.equal(read(off, configured).plan, undefined)
})

test('one address is that of both signals, each with its own path, but for gRPC', () => {
  const both = read({ EXPORTER_OTLP_ENDPOINT: 'http://a:4318/otlp/' }).plan
  assert.equal(both?.traces?.collector?.url, 'http://a:4318/otlp/v1/traces')
  assert.equal(both?.metrics?.collector?.url, 'http://a:4318/otlp/v1/metrics')
  assert.deepEqual(both?.traces?.sampling, { parentBased: true, ratio: 1 })
  assert.deepEqual(both?.resource, { 'service.name': 'app' })
  const grpc = read({
    EXPORTER_OTLP_ENDPOINT: 'a:4317',
    EXPORTER_OTLP_PROTOCOL: 'grpc',
    EXPORTER_OTLP_INSECURE: 'true',
  })
  assert.equal(grpc.plan?.metrics?.collector?.url, 'http://a:4317')
})

test('what is said of one signal wins over what is said of both', () => {
  const { plan } = read({
    EXPORTER_OTLP_ENDPOINT: 'http://a:1',
    EXPORTER_OTLP_TRACES_ENDPOINT: 'https://b:2/as/it/is',
    EXPORTER_OTLP_HEADERS: 'x=1,y=1',
    EXPORTER_OTLP_TRACES_HEADERS: 'y=2',
    EXPORTER_OTLP_TIMEOUT: '100',
    EXPORTER_OTLP_METRICS_TIMEOUT: '200',
    EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
    EXPORTER_OTLP_COMPRESSION: 'gzip',
    METRIC_EXPORT_INTERVAL: '1000',
  })
  assert.deepEqual(plan?.traces?.collector, {
    protocol: 'http/protobuf',
    url: 'https://b:2/as/it/is',
    headers: { x: '1', y: '2' },
    timeoutMs: 100,
    compression: 'gzip',
  })
  assert.partialDeepStrictEqual(plan?.metrics, { intervalMs: 1_000, stdout: false })
  assert.partialDeepStrictEqual(plan?.metrics?.collector, {
    protocol: 'http/json',
    timeoutMs: 200,
    headers: { y: '1' },
  })
})

test('exporters are chosen by name, with the standard address where none is given', () => {
  const { plan } = read({ TRACES_EXPORTER: 'otlp,console', METRICS_EXPORTER: 'console' })
  assert.deepEqual(plan?.traces?.collector?.url, 'http://localhost:4318/v1/traces')
  assert.deepEqual([plan?.traces?.stdout, plan?.metrics?.stdout, plan?.metrics?.collector], [true, true, undefined])
  const none = read(
    { EXPORTER_OTLP_ENDPOINT: 'http://a:1', TRACES_EXPORTER: 'none', METRICS_EXPORTER: 'none' },
    configured,
  )
  assert.equal(none.plan, undefined)
})

test("the Configuration is followed, as daprd's, and variables win over it", () => {
  const { plan } = read({}, configured)
  assert.deepEqual(plan?.traces, {
    collector: {
      protocol: 'grpc',
      url: 'https://collector:4317',
      headers: { a: '1', b: '2' },
      timeoutMs: 5_000,
      compression: 'none',
    },
    stdout: false,
    sampling: { parentBased: true, ratio: 0.5 },
  })
  assert.equal(plan?.metrics, undefined)
  const { samplingRate: _, ...unsaid } = configured
  assert.equal(read({}, unsaid).plan?.traces?.sampling.ratio, 0.0001)
  const wins = read({ EXPORTER_OTLP_ENDPOINT: 'http://a:1', EXPORTER_OTLP_PROTOCOL: 'http/json' }, configured).plan
  assert.partialDeepStrictEqual(wins?.traces?.collector, { url: 'http://a:1/v1/traces', protocol: 'http/json' })
  assert.equal(wins?.traces?.sampling.ratio, 0.5)
  const off = { ...configured, samplingRate: 0 }
  assert.equal(read({}, off).plan, undefined)
  assert.equal(read({ TRACES_SAMPLER: 'always_on' }, off).plan?.traces?.sampling.ratio, 1)
  assert.equal(read({}, { stdout: true, zipkin: false }).plan?.traces?.stdout, true)
})

test('samplers have the names of the specification', () => {
  const sampling = (sampler: string, argument = '0.25') =>
    read({ TRACES_EXPORTER: 'console', TRACES_SAMPLER: sampler, TRACES_SAMPLER_ARG: argument }).plan?.traces?.sampling
  assert.deepEqual(sampling('always_on'), { parentBased: false, ratio: 1 })
  assert.deepEqual(sampling('always_off'), { parentBased: false, ratio: 0 })
  assert.deepEqual(sampling('traceidratio'), { parentBased: false, ratio: 0.25 })
  assert.deepEqual(sampling('parentbased_always_off'), { parentBased: true, ratio: 0 })
  assert.deepEqual(sampling('parentbased_traceidratio'), { parentBased: true, ratio: 0.25 })
  assert.deepEqual(sampling('traceidratio', 'much'), { parentBased: false, ratio: 1 })
})

for (const [variables, warning] of [
  [{ EXPORTER_OTLP_PROTOCOL: 'carrier-pigeon' }, /^OTEL_EXPORTER_OTLP_PROTOCOL is passed over.*"carrier-pigeon"$/],
  [{ TRACES_EXPORTER: 'otlp,zipkin' }, /^OTEL_TRACES_EXPORTER is passed over: it must be otlp, console or none/],
  [{ METRIC_EXPORT_INTERVAL: '-1' }, /^OTEL_METRIC_EXPORT_INTERVAL is passed over/],
  [{ TRACES_SAMPLER: 'jaeger_remote' }, /^OTEL_TRACES_SAMPLER is passed over/],
  [{ INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'EVENT_ONLY' }, /CAPTURE_MESSAGE_CONTENT is passed over/],
] as const) {
  test(`a value that cannot be used is told and passed over: ${JSON.stringify(variables)}`, () => {
    const { plan, warnings } = read({ EXPORTER_OTLP_ENDPOINT: 'http://a:1', ...variables })
    assert.equal(plan?.traces?.collector?.protocol, 'http/protobuf')
    assert.equal(plan?.metrics?.intervalMs, 60_000)
    assert.equal(plan?.captureContent, false)
    assert.ok(warnings.length > 0 && warnings.every((message) => warning.test(message)), warnings.join('\n'))
  })
}

test('Zipkin, and an address that is none, are told of', () => {
  const zipkin = read({}, { stdout: false, zipkin: true })
  assert.equal(zipkin.plan, undefined)
  assert.match(zipkin.warnings.join(), /spec\.tracing\.zipkin of the Configuration is passed over/)
  const address = read({ EXPORTER_OTLP_TRACES_ENDPOINT: 'ftp://a' })
  assert.equal(address.plan, undefined)
  assert.match(address.warnings.join(), /must be http or https: current value is "ftp:\/\/a"/)
})

test('content goes onto spans only where it is asked for', () => {
  for (const [value, expected] of [
    ['NO_CONTENT', false],
    ['false', false],
    ['true', true],
    ['span_only', true],
    ['SPAN_AND_EVENT', true],
  ] as const) {
    const variables = { TRACES_EXPORTER: 'console', INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: value }
    assert.equal(read(variables).plan?.captureContent, expected, value)
  }
})

test('readPairs() decodes values and passes over what is no pair', () => {
  assert.deepEqual(readPairs(' a = b%20c ,=x,nothing,d=%,e=f=g'), { a: 'b c', d: '%', e: 'f=g' })
  assert.deepEqual(readPairs(undefined), {})
})
