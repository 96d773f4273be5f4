/** What a Configuration says of figures, seen where Prometheus reads them. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { callGrpc, post, type RunningSidecar, send, startSidecar } from '../testing/index.ts'
import { chat } from './console.ts'
import { eventually } from './conversation.ts'
import { readSamples, type Sample, total } from './figures.ts'

const timeout = 20_000

/** A sidecar whose Configuration says this of its figures. */
async function configured(metrics: object): Promise<RunningSidecar> {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  try {
    const file = join(folder, 'config.yaml')
    await writeFile(file, JSON.stringify({ kind: 'Configuration', spec: { metrics } }))
    return await startSidecar(undefined, { configurationFiles: [file] })
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The figures once so many requests have been counted. */
async function samplesAfter({ metrics }: RunningSidecar, requests: number): Promise<Sample[]> {
  let samples: Sample[] = []
  await eventually(async () => {
    samples = await readSamples(metrics)
    return total(samples, 'dapr_http_server_request_count') === requests
  })
  return samples
}

/** The values that a label has among the samples of a name, each once. */
function labels(samples: readonly Sample[], name: string, label: string): (string | undefined)[] {
  return [...new Set(samples.filter((sample) => sample.name === name).map((sample) => sample.labels[label]))].sort()
}

const echo = '/v1.0-alpha2/conversation/echo/converse'
const question = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'Hello?' }] } }] }] }

test('latencies have the bounds of the Configuration, and lengths and seconds keep their own', {
  timeout,
}, async () => {
  await using running = await configured({ latencyDistributionBuckets: [10, 200, 3_000] })
  await post(running.http, echo, question)
  await callGrpc(running.grpc, 'GetMetadata')
  const samples = await samplesAfter(running, 1)
  for (const name of [
    'dapr_http_server_latency',
    'dapr_grpc_io_server_server_latency',
    'dapr_component_conversation_latencies',
  ]) {
    assert.deepEqual(labels(samples, `${name}_bucket`, 'le'), ['+Inf', '10', '200', '3000'], name)
  }
  // daprd's own, in bytes: 1, 2, 4, 16 KiB and so on.
  const lengths = labels(samples, 'dapr_http_server_request_bytes_bucket', 'le').map(Number).filter(Number.isFinite)
  assert.deepEqual(lengths.sort((a, b) => a - b).slice(0, 5), [1_024, 2_048, 4_096, 16_384, 65_536])
  assert.ok(labels(samples, 'gen_ai_server_request_duration_seconds_bucket', 'le').includes('81.92'))
})

test('a rule rewrites a label of the figure that it names, and of no other', { timeout }, async () => {
  await using running = await configured({
    rules: [
      {
        name: 'dapr_http_server_request_count',
        labels: [
          { name: 'path', regex: { '/conversation/$1': '^/v1\\.0-alpha[12]/conversation/([^/]+)/converse$' } },
          { name: 'method', regex: { any: '.+' } },
        ],
      },
      // Without the prefix, as daprd takes it too.
      { name: 'component_conversation_count', labels: [{ name: 'component', regex: { one: 'echo' } }] },
      {
        name: 'gen_ai_server_request_duration_seconds',
        labels: [{ name: 'dapr_component_name', regex: { two: '^' } }],
      },
      { name: 'dapr_chat_open_streams', labels: [{ name: 'component', regex: { three: 'echo' } }] },
    ],
  })
  await post(running.http, echo, question)
  await post(running.http, '/v1/chat/completions', chat('echo', { stream: true }))
  const samples = await samplesAfter(running, 2)
  assert.deepEqual(labels(samples, 'dapr_http_server_request_count', 'path'), [
    '/conversation/echo',
    '/v1/chat/completions',
  ])
  assert.deepEqual(labels(samples, 'dapr_http_server_request_count', 'method'), ['any'])
  assert.deepEqual(labels(samples, 'dapr_http_server_response_count', 'path'), [
    '/v1.0-alpha2/conversation/echo/converse',
    '/v1/chat/completions',
  ])
  assert.deepEqual(labels(samples, 'dapr_component_conversation_count', 'component'), ['one'])
  assert.deepEqual(labels(samples, 'dapr_component_conversation_latencies_count', 'component'), ['echo'])
  assert.deepEqual(labels(samples, 'gen_ai_server_request_duration_seconds_count', 'dapr_component_name'), ['twoecho'])
  assert.deepEqual(labels(samples, 'dapr_chat_open_streams', 'component'), ['three'])
})

test('with low cardinality paths are a label only where a pattern is for them', { timeout }, async () => {
  await using running = await configured({
    http: { increasedCardinality: false, pathMatching: ['/v1.0-alpha2/conversation/{name}/converse'] },
  })
  await post(running.http, echo, question)
  await post(running.http, '/v1/chat/completions', chat('echo'))
  const samples = await samplesAfter(running, 2)
  for (const name of ['dapr_http_server_request_count', 'dapr_http_server_latency_count']) {
    assert.deepEqual(labels(samples, name, 'path'), ['/v1.0-alpha2/conversation/{name}/converse', undefined], name)
  }
  assert.deepEqual(labels(samples, 'dapr_http_server_response_count', 'path'), [])
})

test('a pattern names paths that would be named otherwise, and methods may be left out', { timeout }, async () => {
  await using running = await configured({
    http: { pathMatching: ['/v1/'], excludeVerbs: true },
    recordErrorCodes: false,
  })
  await post(running.http, '/v1/chat/completions', chat('nobody'))
  await send(running.http, '/v1.0/metadata')
  const samples = await samplesAfter(running, 2)
  assert.deepEqual(labels(samples, 'dapr_http_server_response_count', 'path'), ['/v1.0/metadata', '/v1/'])
  assert.deepEqual(labels(samples, 'dapr_http_server_response_count', 'method'), [undefined])
  assert.equal(samples.filter(({ name }) => name === 'dapr_error_code_total').length, 0)
})

test('a Configuration whose rule cannot be followed keeps the sidecar from starting', async () => {
  const rules = [{ name: 'a', labels: [{ name: 'b', regex: { c: '[' } }] }]
  await assert.rejects(
    configured({ rules }),
    /config\.yaml:1: spec\.metrics\.rules\[0\].* must be a regular expression/,
  )
})

test('calls over gRPC of methods that there are none of are counted, all of them as one', { timeout }, async () => {
  await using running = await startSidecar()
  const method = '/dapr.proto.runtime.v1.Dapr/ConverseAlpha2'
  for (const unknown of ['PublishEvent', '/other.Service/Method', '/made.Up/Name']) {
    assert.equal((await callGrpc(running.grpc, unknown)).code, 12)
  }
  // Field 1 with a length that goes beyond the end.
  assert.equal((await callGrpc(running.grpc, method, Buffer.from([0x0a, 0x7f]))).code, 13)
  const samples = await readSamples(running.metrics)
  const counted = samples.filter(({ name }) => name === 'dapr_grpc_io_server_completed_rpcs')
  assert.deepEqual(
    counted.map(({ labels: { grpc_server_method, grpc_server_status }, value }) => [
      grpc_server_method,
      grpc_server_status,
      value,
    ]),
    [
      ['unmatched', 'Unimplemented', 3],
      [method, 'Internal', 1],
    ],
  )
  assert.equal(total(samples, 'dapr_grpc_io_server_server_latency_count', { grpc_server_method: 'unmatched' }), 3)
})
