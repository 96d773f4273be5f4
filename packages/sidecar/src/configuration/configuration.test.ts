import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ComponentError } from '../components/component-error.ts'
import { type ApiRule, defaultConfiguration, isApiOpen, isComponentDenied } from './configuration.ts'
import { loadConfiguration } from './load.ts'

/** Loads texts as files, in order. */
async function load(texts: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  const warnings: string[] = []
  try {
    const files = texts.map((_, index) => join(folder, `${index}.yaml`))
    await Promise.all(files.map((file, index) => writeFile(file, texts[index] ?? '')))
    const report = { info: () => {}, warn: (message: string) => warnings.push(message) }
    return { configuration: await loadConfiguration(files, { environment, report }), warnings }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const head = 'apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: appconfig}\n'

/** What `dapr init` writes. */
const ofDaprInit = `${head}spec:\n  tracing:\n    samplingRate: "1"\n    zipkin:\n      endpointAddress: http://localhost:9411/api/v2/spans\n`

test('loadConfiguration() passes over what concerns other parts of Dapr', async () => {
  const others = `${head}spec:\n  accessControl: {defaultAction: deny}\n  mtls: {enabled: true}\n  httpPipeline: {handlers: [1]}\n  secrets: 3\n`
  for (const text of [others, `${head}spec:\n`, head, '', '---\n']) {
    assert.deepEqual(await load([text]), { configuration: defaultConfiguration, warnings: [] })
  }
})

test('loadConfiguration() reads every section that concerns conversations', async () => {
  const text = `${head}spec:
  api:
    allowed:
      - {name: conversation, version: v1.0-alpha2, protocol: HTTP}
      - {name: metadata}
    denied: [{name: shutdown, version: v1.0, protocol: grpc}]
  components: {deny: [conversation.echo, state.redis/v1]}
  logging: {apiLogging: {enabled: true, obfuscateURLs: true, omitHealthChecks: yes}}
  metrics: {enabled: false}
  features: [{name: Other, enabled: true}, {name: HotReload, enabled: false}]
`
  const { configuration } = await load([text])
  assert.deepEqual(configuration, {
    allowedApis: [
      { name: 'conversation', version: 'v1alpha2', protocol: 'http' },
      { name: 'metadata', version: '', protocol: '' },
    ],
    deniedApis: [{ name: 'shutdown', version: 'v1', protocol: 'grpc' }],
    deniedComponents: ['conversation.echo', 'state.redis/v1'],
    metricsEnabled: false,
    errorCodesCounted: true,
    httpLabels: { increasedCardinality: true, pathMatching: [], excludeVerbs: false },
    labelRules: [],
    hotReload: false,
    apiLogging: true,
    obfuscateUrls: true,
    omitHealthChecks: true,
  })
  assert.equal((await load([`${head}spec: {metric: {enabled: false}}`])).configuration.metricsEnabled, false)
})

test('loadConfiguration() reads what is said of figures, in both spellings of the section', async () => {
  const text = `${head}spec:
  metric: {latencyDistributionBuckets: [7], recordErrorCodes: false, http: {excludeVerbs: true}}
  metrics:
    latencyDistributionBuckets: [0, 5, 50]
    http: {increasedCardinality: false, pathMatching: ["//orders/{id}", "/all/"]}
    rules:
      - name: dapr_http_server_latency
        labels:
          - {name: path, regex: {"/orders/{id}": "/orders/.+", "$1": "(?i)^/x/(.*)\\\\z"}}
`
  const { configuration, warnings } = await load([text])
  assert.deepEqual(warnings, [])
  assert.deepEqual(configuration.latencyBuckets, [5, 50])
  assert.equal(configuration.errorCodesCounted, false)
  const { pathMatching, ...flags } = configuration.httpLabels
  assert.deepEqual(flags, { increasedCardinality: false, excludeVerbs: false })
  assert.deepEqual(
    pathMatching.map(({ text: pattern }) => pattern),
    ['/orders/{id}', '/all/'],
  )
  const [rule] = configuration.labelRules
  assert.deepEqual([rule?.figure, rule?.label, rule?.rewrites.length], ['dapr_http_server_latency', 'path', 2])
  assert.equal(
    (await load([`${head}spec: {metrics: {latencyDistributionBuckets: []}}`])).configuration.latencyBuckets,
    undefined,
  )
})

test('loadConfiguration() names in one line what it does not know of figures', async () => {
  const text = `${head}spec: {metrics: {workflow: {}, enabled: true, HTTP: {pathMatching: [], other: 1}}}`
  const { warnings } = await load([text])
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /0\.yaml:4 spec\.metrics\.workflow, spec\.metrics\.http\.other passed over/)
})

test('loadConfiguration() reads where traces go', async () => {
  const tracing = async (text: string) => (await load([`${head}spec:\n  tracing: ${text}\n`])).configuration.tracing
  assert.deepEqual((await load([ofDaprInit])).configuration.tracing, { samplingRate: 1, stdout: false, zipkin: true })
  const otel = '{endpointAddress: "localhost:4317", protocol: grpc, isSecure: false, headers: "k=v,k2=v2", timeout: 2s}'
  assert.deepEqual(await tracing(`{samplingRate: "0.5", stdout: true, otel: ${otel}}`), {
    samplingRate: 0.5,
    stdout: true,
    zipkin: false,
    otlp: { endpoint: 'localhost:4317', protocol: 'grpc', secure: false, headers: 'k=v,k2=v2', timeoutMs: 2_000 },
  })
  const plain = { endpoint: 'a', protocol: 'http/protobuf', secure: true, headers: '' }
  assert.deepEqual((await tracing('{otel: {endpointAddress: a, protocol: http}}'))?.otlp, plain)
  for (const rate of ['"often"', '""', 'null'])
    assert.equal((await tracing(`{samplingRate: ${rate}}`))?.samplingRate, undefined)
  assert.equal((await tracing('{samplingRate: 7}'))?.samplingRate, 1)
})

test('loadConfiguration() lets later files and documents win, field by field', async () => {
  const first = `${head}spec:\n  metrics: {enabled: false}\n  components: {deny: [a]}\n`
  const second = `${head}spec:\n  components: {deny: [b, c]}\n---\n${head}spec:\n  logging: {apiLogging: {enabled: true}}\n`
  const { configuration } = await load([first, second])
  assert.deepEqual(configuration, {
    ...defaultConfiguration,
    metricsEnabled: false,
    deniedComponents: ['b', 'c'],
    apiLogging: true,
  })
})

test('loadConfiguration() fills in variables, and reports other kinds', async () => {
  const { configuration } = await load([`${head}spec: {components: {deny: ["\${KIND}", "\${UNSET}x"]}}`], {
    KIND: 'a.b',
  })
  assert.deepEqual(configuration.deniedComponents, ['a.b', 'x'])
  const { warnings } = await load(['kind: Component\nmetadata: {name: x}\n'])
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /0\.yaml:1 skipped: only resources of kind Configuration/)
})

for (const [spec, message] of [
  ['spec: {api: {allowed: conversation}}', /:4: spec\.api\.allowed must be a list: current value is "conversation"/],
  ['spec: {api: {denied: [{version: v1}]}}', /spec\.api\.denied\[0\]\.name must be the name of an API/],
  ['spec: {api: {denied: [{name: x, protocol: ftp}]}}', /protocol must be http or grpc: current value is "ftp"/],
  ['spec: {api: {denied: [conversation]}}', /spec\.api\.denied\[0\]\.name must be/],
  ['spec: {metrics: {enabled: "no"}}', /spec\.metrics\.enabled must be true or false/],
  ['spec: {metrics: {latencyDistributionBuckets: [1, 5, 5]}}', /Buckets\[2\] must be larger than the bound before it/],
  ['spec: {metrics: {latencyDistributionBuckets: [fast]}}', /Buckets\[0\] must be a whole number of milliseconds/],
  ['spec: {metrics: {rules: [{labels: []}]}}', /rules\[0\]\.name must be the name of a figure/],
  ['spec: {metrics: {rules: [{name: a, labels: [{name: ""}]}]}}', /labels\[0\]\.name must be the name of a label/],
  ['spec: {metrics: {rules: [{name: a, labels: [{name: b, regex: [x]}]}]}}', /regex must be a mapping/],
  ['spec: {metrics: {rules: [{name: a, labels: [{name: b, regex: {c: "("}}]}]}}', /\.c must be a regular expression/],
  ['spec: {metrics: {http: {pathMatching: ["/a/{b}c"]}}}', /pathMatching\[0\] must be a path/],
  ['spec: {metrics: {http: {increasedCardinality: 3}}}', /increasedCardinality must be true or false/],
  ['spec: {features: HotReload}', /spec\.features must be a list/],
  [
    'spec: {features: [{name: HotReload, enabled: 1}]}',
    /features\[0\]\.enabled must be true or false: current value is 1/,
  ],
  ['spec: {tracing: {stdout: 1}}', /spec\.tracing\.stdout must be true or false/],
  [
    'spec: {tracing: {otel: {endpointAddress: a, protocol: udp}}}',
    /spec\.tracing\.otel\.protocol must be grpc or http: current value is "udp"/,
  ],
  [
    'spec: {tracing: {otel: {endpointAddress: a, protocol: grpc, timeout: soon}}}',
    /spec\.tracing\.otel\.timeout must be a duration such as 10s: current value is "soon"/,
  ],
  ['spec: {components: {deny: [1]}}', /spec\.components\.deny\[0\] must be text/],
  ['spec: [', /must be valid YAML/],
] as const) {
  test(`loadConfiguration() refuses ${spec}`, async () => {
    await assert.rejects(load([`${head}${spec}\n`]), (error) => {
      assert.ok(error instanceof ComponentError)
      assert.match(error.message, /^Cannot load the configuration from .*0\.yaml:\d+: /)
      assert.match(error.message, message)
      return true
    })
  })
}

test('loadConfiguration() refuses a file that is not there', async () => {
  const report = { info: () => {}, warn: () => {} }
  await assert.rejects(
    loadConfiguration(['no-such.yaml'], { environment: {}, report }),
    /"no-such\.yaml".*does not exist/,
  )
})

const alpha1 = { name: 'conversation', version: 'v1alpha1' }
const alpha2 = { name: 'conversation', version: 'v1alpha2' }
const metadata = { name: 'metadata', version: 'v1' }

function open(lists: { allowed?: readonly ApiRule[]; denied?: readonly ApiRule[] }) {
  const configuration = { ...defaultConfiguration, allowedApis: lists.allowed ?? [], deniedApis: lists.denied ?? [] }
  return (protocol: 'http' | 'grpc') =>
    [alpha1, alpha2, metadata, undefined].map((api) => (isApiOpen(configuration, api, protocol) ? 1 : 0)).join('')
}

test('isApiOpen() follows the lists for each protocol', () => {
  assert.equal(open({})('http'), '1111')
  const allowed = open({ allowed: [{ ...alpha2, protocol: 'http' }] })
  assert.deepEqual([allowed('http'), allowed('grpc')], ['0100', '1111'])
  const denied = open({ denied: [{ ...alpha1, protocol: 'grpc' }] })
  assert.deepEqual([denied('http'), denied('grpc')], ['1111', '0111'])
  const group = open({ denied: [{ name: 'conversation', version: '', protocol: '' }] })
  assert.deepEqual([group('http'), group('grpc')], ['0011', '0011'])
  const both = open({ allowed: [{ ...alpha1, protocol: '' }], denied: [{ ...alpha1, protocol: '' }] })
  assert.deepEqual([both('http'), both('grpc')], ['0000', '0000'])
})

test('isComponentDenied() compares types, and versions where one is named', () => {
  const denied = (rule: string, type: string, version: string) =>
    isComponentDenied({ ...defaultConfiguration, deniedComponents: [rule] }, type, version)
  assert.ok(denied('conversation.echo', 'conversation.echo', 'v2'))
  assert.ok(denied('Conversation.Echo', 'conversation.echo', 'v1'))
  for (const version of ['', 'v0', 'v1']) assert.ok(denied('conversation.echo/v1', 'conversation.echo', version))
  assert.ok(!denied('conversation.echo/v2', 'conversation.echo', 'v1'))
  assert.ok(!denied('conversation', 'conversation.echo', 'v1'))
})
