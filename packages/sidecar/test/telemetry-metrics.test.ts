/**
 * Every figure that the project owes its operators, with its labels and bounds: daprd's names, those of OpenTelemetry's
 * conventions, and the form that Prometheus reads.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  chunk,
  done,
  echoComponent,
  finish,
  post,
  type RunningSidecar,
  readText,
  type ScriptedAnswer,
  scriptedProvider,
  send,
  startSidecar,
  upstreamComponent,
  usage,
} from '../testing/index.ts'
import { ask, eventually, startConversation } from './conversation.ts'
import { readSamples, total } from './figures.ts'
import { surfaces } from './surfaces.ts'

const timeout = 30_000

const resiliency = JSON.stringify({
  apiVersion: 'dapr.io/v1alpha1',
  kind: 'Resiliency',
  metadata: { name: 'mine' },
  spec: {
    policies: {
      retries: { once: { policy: 'constant', duration: 1, maxRetries: 1 } },
      circuitBreakers: { quick: { maxRequests: 1, timeout: '60s', trip: 'consecutiveFailures > 1' } },
    },
    targets: { components: { gpt: { outbound: { retry: 'once', circuitBreaker: 'quick' } } } },
  },
})

const keyless = JSON.stringify({
  apiVersion: 'dapr.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'keyless' },
  spec: { type: 'conversation.openai', version: 'v1', ignoreErrors: true },
})

const busy: ScriptedAnswer = { status: 503, body: '{"error":{"message":"busy"}}' }
const well: ScriptedAnswer = {
  body: [chunk({ content: 'Hello' }), chunk({ content: ' there' }), finish('stop'), usage(7, 2), done],
}

/** One call that ended well, one that was tried again, one that failed for good and opened the breaker, one refused. */
async function afterTraffic(use: (running: RunningSidecar) => Promise<void>): Promise<void> {
  const script = [well, busy, well, busy, busy]
  await using upstream = await scriptedProvider(({ index }) => script[index] ?? busy)
  const components = [upstreamComponent(upstream.url, { responseCacheTTL: '1m' }), echoComponent]
  const environment = { NAMESPACE: 'prod' }
  const files = { 'resiliency.yaml': resiliency, 'keyless.yaml': keyless }
  await using running = await startSidecar(components, { appId: 'shop', environment }, files)
  const question = (text: string) => ({ inputs: [{ messages: [{ ofUser: { content: [{ text }] } }] }] })
  const statuses: number[] = []
  for (const text of ['one', 'two', 'three', 'one']) {
    const { status } = await post(running.http, '/v1.0-alpha2/conversation/gpt/converse', question(text))
    statuses.push(status)
  }
  assert.deepEqual(statuses, [200, 200, 500, 200])
  await post(running.http, '/v1.0-alpha2/conversation/nobody/converse', {})
  await surfaces['a stream over gRPC']?.(running, { component: 'echo', text: 'over gRPC' })
  await surfaces['a stream of Dapr']?.(running, { component: 'echo', text: 'streamed' })
  await eventually(async () => total(await readSamples(running.metrics), 'dapr_http_server_request_count') === 6)
  await use(running)
}

const http = ['method', 'path', 'status']
const grpc = ['grpc_server_method', 'grpc_server_status']
const policy = ['flow_direction', 'name', 'policy', 'target']
/** The models that echo asks and answers with have no names. */
const genAi = ['dapr_component_name', 'gen_ai_operation_name', 'gen_ai_provider_name']

/** Each figure of daprd, its type, and the labels that it must and may have beside `app_id` and `namespace`. */
const ofDaprd: readonly (readonly [name: string, type: string, labels: readonly string[], may?: readonly string[]])[] =
  [
    ['dapr_component_conversation_count', 'counter', ['component', 'success']],
    ['dapr_component_conversation_latencies', 'histogram', ['component', 'success']],
    ['dapr_http_server_request_count', 'counter', http],
    ['dapr_http_server_response_count', 'counter', http],
    ['dapr_http_server_latency', 'histogram', http],
    ['dapr_http_server_request_bytes', 'histogram', []],
    ['dapr_http_server_response_bytes', 'histogram', []],
    ['dapr_grpc_io_server_completed_rpcs', 'counter', grpc],
    ['dapr_grpc_io_server_server_latency', 'histogram', grpc],
    ['dapr_resiliency_loaded', 'counter', ['name']],
    ['dapr_resiliency_count', 'counter', policy, ['status']],
    ['dapr_resiliency_activations_total', 'counter', policy, ['status']],
    ['dapr_resiliency_cb_state', 'gauge', [...policy, 'status']],
    ['dapr_error_code_total', 'counter', ['category', 'error_code']],
    ['dapr_runtime_component_loaded', 'counter', []],
    ['dapr_runtime_component_init_total', 'counter', []],
    ['dapr_runtime_component_init_fail_total', 'counter', ['reason']],
  ]

/** Ours; some are of the whole sidecar and have no labels. */
const ours: typeof ofDaprd = [
  ['dapr_chat_open_streams', 'gauge', ['component']],
  ['dapr_chat_overhead_seconds', 'histogram', ['component']],
  ['dapr_chat_cache_hits_total', 'counter', ['component']],
  ['dapr_chat_cache_misses_total', 'counter', ['component']],
  ['dapr_chat_cost_usd_total', 'counter', ['component'], ['model']],
  ['dapr_chat_unpriced_total', 'counter', ['component', 'model']],
  ['dapr_chat_refused_total', 'counter', ['code'], ['component']],
]

const seconds = '0.01 0.02 0.04 0.08 0.16 0.32 0.64 1.28 2.56 5.12 10.24 20.48 40.96 81.92'
const milliseconds =
  '1 2 3 4 5 6 8 10 13 16 20 25 30 40 50 65 80 100 130 160 200 250 300 400 500 650 800 1000 2000 5000 10000 20000 50000 100000'

/** The bounds of histograms, without infinity. */
const bounds: Readonly<Record<string, string>> = {
  gen_ai_client_operation_duration_seconds: seconds,
  gen_ai_client_operation_time_to_first_chunk_seconds: seconds,
  gen_ai_client_operation_time_per_output_chunk_seconds: seconds,
  gen_ai_client_token_usage: '1 4 16 64 256 1024 4096 16384 65536 262144 1048576 4194304 16777216 67108864',
  gen_ai_server_request_duration_seconds: seconds,
  gen_ai_server_time_to_first_token_seconds:
    '0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 15 20 30 45 60',
  gen_ai_server_time_per_output_token_seconds: '0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1 2.5',
  dapr_component_conversation_latencies: milliseconds,
  dapr_http_server_latency: milliseconds,
  dapr_grpc_io_server_server_latency: milliseconds,
  dapr_http_server_request_bytes:
    '1024 2048 4096 16384 65536 262144 1048576 4194304 16777216 67108864 268435456 1073741824 4294967296',
}

test('every figure has its name, its type, its labels and its bounds', { timeout }, async () => {
  await afterTraffic(async ({ metrics }) => {
    const samples = await readSamples(metrics)
    const { text } = await send(metrics, '/')
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]))
    const labelsOf = (name: string) =>
      samples
        .filter((sample) => sample.name === name)
        .map(({ labels }) => Object.keys(labels).filter((label) => label !== 'app_id' && label !== 'namespace'))
    for (const [name, type, must, may = []] of [...ofDaprd, ...ours]) {
      assert.equal(types.get(name), type, name)
      const sets = labelsOf(type === 'histogram' ? `${name}_count` : name)
      assert.ok(sets.length > 0, `${name} has no value`)
      for (const set of sets) {
        assert.deepEqual(set.filter((label) => !may.includes(label)).sort(), [...must].sort(), name)
      }
    }
    for (const { name, labels } of samples) {
      if (!ofDaprd.some(([figure]) => name.startsWith(figure))) continue
      assert.deepEqual([labels.app_id, labels.namespace], ['shop', 'prod'], name)
    }
    const ofModels = [...types.keys()].filter((name) => name.startsWith('gen_ai_'))
    assert.equal(ofModels.length, 7, String(ofModels))
    for (const name of ofModels) {
      assert.equal(types.get(name), 'histogram')
      for (const set of labelsOf(`${name}_count`))
        assert.deepEqual(set.filter((label) => genAi.includes(label)).sort(), genAi)
    }
    for (const [name, expected] of Object.entries(bounds)) {
      const found = samples.filter((sample) => sample.name === `${name}_bucket`).map(({ labels }) => labels.le ?? '')
      assert.equal([...new Set(found)].join(' '), `${expected} +Inf`, name)
    }
  })
})

test('a breaker has a line for each state, and policies count what they did', { timeout }, async () => {
  await afterTraffic(async ({ metrics }) => {
    const samples = await readSamples(metrics)
    const target = 'Conversation_gpt'
    const state = (status: string) => total(samples, 'dapr_resiliency_cb_state', { target, status })
    assert.deepEqual(['closed', 'half-open', 'open', 'unknown'].map(state), [0, 0, 1, 0])
    assert.equal(samples.filter(({ name }) => name === 'dapr_resiliency_cb_state').length, 4)
    assert.equal(total(samples, 'dapr_resiliency_activations_total', { policy: 'retry', target }), 2)
    assert.equal(total(samples, 'dapr_resiliency_activations_total', { policy: 'circuitbreaker', status: 'open' }), 1)
    assert.equal(total(samples, 'dapr_resiliency_loaded', { name: 'mine' }), 1)
    assert.equal(total(samples, 'dapr_runtime_component_init_fail_total', { reason: 'init' }), 1)
    assert.equal(total(samples, 'dapr_runtime_component_init_total'), 2)
    assert.equal(total(samples, 'dapr_runtime_component_loaded'), 3)
    assert.deepEqual(
      ['dapr_chat_cache_hits_total', 'dapr_chat_cache_misses_total'].map((name) => total(samples, name)),
      [1, 3],
    )
  })
})

test('the text is what Prometheus reads: each family once, each line of its family, buckets that add up', {
  timeout,
}, async () => {
  await afterTraffic(async ({ metrics, http: base }) => {
    for (const address of [`${metrics}/`, `${base}/metrics`]) {
      const answer = await fetch(address)
      assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
      lint(await answer.text())
    }
  })
})

/** What Prometheus' own checker looks for. */
function lint(text: string): void {
  const types = new Map<string, string>()
  const seen = new Set<string>()
  const counts = new Map<string, number>()
  let family = ''
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') {
      assert.ok(!types.has(name), `${name} is there twice`)
      family = name
      continue
    }
    if (kind === 'TYPE') {
      assert.equal(name, family, line)
      types.set(name, rest)
      continue
    }
    const [, sample = '', labels = '', value = ''] =
      /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$/.exec(line) ?? []
    // The delay of an event loop that nobody has measured yet is no number.
    assert.ok(sample !== '' && /^(?:nan|[+-]?inf|-?[\d.]+(?:e[+-]?\d+)?)$/i.test(value), line)
    const suffixes = types.get(family) === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
    assert.ok(
      suffixes.some((suffix) => sample === family + suffix),
      `${line} stands with ${family}`,
    )
    assert.ok(!seen.has(line.slice(0, line.lastIndexOf(' '))), `${line} is there twice`)
    seen.add(line.slice(0, line.lastIndexOf(' ')))
    if (!sample.endsWith('_bucket')) continue
    const series = family + labels.replace(/le="[^"]*",?/, '')
    assert.ok(Number(value) >= (counts.get(series) ?? 0), `${line} is less than the bucket before it`)
    counts.set(series, Number(value))
  }
}

/** What the dashboard that ships with Dapr asks a sidecar for, but for actors, workflows, mTLS and calls to the app. */
const ofDaprsDashboard: readonly (readonly [figure: string, labels: readonly string[]])[] = [
  ['dapr_grpc_io_server_server_latency_bucket', ['app_id', 'grpc_server_method', 'le', 'namespace']],
  ['dapr_grpc_io_server_completed_rpcs', ['app_id', 'grpc_server_method', 'grpc_server_status']],
  ['dapr_http_server_latency_bucket', ['app_id', 'le', 'method', 'namespace', 'path']],
  ['dapr_http_server_response_count', ['app_id', 'method', 'namespace', 'path']],
  ['dapr_runtime_component_init_fail_total', ['app_id', 'namespace', 'reason']],
  ['dapr_runtime_component_init_total', ['app_id', 'namespace']],
  ['dapr_runtime_component_loaded', ['app_id', 'namespace']],
  ['process_virtual_memory_bytes', []],
  ['process_start_time_seconds', []],
]

test("the panels of Dapr's own dashboard find what they ask for", { timeout }, async () => {
  await afterTraffic(async ({ metrics }) => {
    const samples = await readSamples(metrics)
    for (const [figure, labels] of ofDaprsDashboard) {
      const [sample] = samples.filter(({ name }) => name === figure)
      assert.ok(sample, figure)
      assert.deepEqual(
        labels.filter((label) => !(label in sample.labels)),
        [],
        figure,
      )
    }
    const [call] = samples.filter(({ name }) => name === 'dapr_grpc_io_server_completed_rpcs')
    assert.match(call?.labels.grpc_server_method ?? '', /.*.Dapr\/.*/)
  })
})

test('what scrubbing holds back is seen while it is held, and nothing of it is left', { timeout }, async () => {
  const released = Promise.withResolvers<void>()
  const script = () => ({
    body: (async function* () {
      yield chunk({ content: 'Write to someone@example.co' })
      await released.promise
      yield chunk({ content: 'm now' }) + finish('stop') + done
    })(),
  })
  await using subject = await startConversation(script)
  const held = async () => total(await readSamples(subject.metrics), 'dapr_chat_pii_held_bytes')
  assert.equal(await held(), 0)
  const body = JSON.stringify({
    scrubPii: true,
    inputs: [{ messages: [{ ofUser: { content: [{ text: 'Who?' }] } }] }],
  })
  const asked = ask(subject.http, 'a stream of Dapr', { body })
  await eventually(async () => (await held()) > 0)
  released.resolve()
  assert.match(await readText(await asked), /<EMAIL_ADDRESS>/)
  await eventually(async () => (await held()) === 0)
})
