/**
 * Files that nobody meant to be read as resources, and resources that somebody got wrong: whatever stands in a file, the
 * loaders say what is wrong with it, name the file, and end in time. `DAPR_CHAT_FUZZ_RUNS` sets how many texts each
 * property tries.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { ComponentError } from '../src/components/component-error.ts'
import { loadManifests } from '../src/components/load.ts'
import { loadConfiguration } from '../src/configuration/load.ts'
import { loadPolicies } from '../src/policies/load.ts'

const numRuns = Number(process.env.DAPR_CHAT_FUZZ_RUNS ?? 40)

/** No text of these tests is long; a machine that does other things too still reads each in far less. */
const MAX_MS = 10_000

const component = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: gpt
  namespace: prod
spec:
  type: conversation.openai
  version: v1
  ignoreErrors: false
  initTimeout: 5s
  metadata:
    - name: model
      value: &m gpt-4.1-nano
    - name: key
      secretKeyRef: {name: openai, key: apiKey}
    - {<<: {name: endpoint}, envRef: OPENAI_ENDPOINT}
    - name: text
      value: "\${A:-{uuid}} {appID}"
    - name: list
      value: [*m, 1, yes, null, 0x1F, .5, {a: b}]
auth:
  secretStore: vault
scopes:
  - shop
`
const resiliency = `apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: r}
scopes: [shop]
spec:
  policies:
    timeouts: {llm: 60s}
    retries:
      quick: {policy: constant, duration: 2s, maxRetries: 3, matching: {httpStatusCodes: "429,500-599"}}
    circuitBreakers:
      cb: {maxRequests: 1, interval: 30s, timeout: 60s, trip: consecutiveFailures > 5}
  targets:
    components:
      gpt: {outbound: {timeout: llm, retry: quick, circuitBreaker: cb}}
`
const configuration = `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: c}
spec:
  api:
    allowed: [{name: conversation, version: v1alpha2, protocol: http}]
  components: {deny: [conversation.echo]}
  features: [{name: HotReload, enabled: true}]
  logging: {apiLogging: {enabled: true}}
`
const documents = [component, resiliency, configuration, `${component}---\n${resiliency}---\n${configuration}`]

/** What stands in YAML files that somebody got wrong, and in those that somebody made to do harm. */
const scraps = [
  ...[
    '\t',
    '\r\n',
    '\n',
    '\uFEFF',
    '---\n',
    '--- ',
    '...\n',
    '%YAML 1.2\n',
    '# ',
    ' ',
    '  ',
    ': ',
    '- ',
    '? ',
    ',',
    '|\n',
    '>-\n',
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '\\',
    '&a ',
    '*a',
    '*m',
    '<<: *a',
    '<<: [*a, *a]',
    '<<: 5',
    '!!binary ',
    '!!set ',
    '!x ',
  ],
  ...[
    '__proto__: {x: 1}',
    'constructor: x',
    '"__proto__": ',
    'toString: 1',
    'name: ',
    'value: ',
    'kind: Component\n',
    'null',
    '~',
  ],
  ...[
    '${',
    '${A:-${B:-',
    '{uuid}',
    '.inf',
    '.nan',
    '-0',
    '1e999',
    '0o7',
    '12345678901234567890',
    '2025-01-01',
    '\0',
    '\u2028',
    '\uD800',
  ],
  ...[
    'a: &a [*a]',
    '['.repeat(300),
    '{a: '.repeat(300),
    '- '.repeat(300),
    '&a '.repeat(50),
    '\n'.repeat(300),
    'a: 1\n'.repeat(50),
  ],
]

/** A document with pieces of it cut, doubled or replaced by scraps. */
const mutated = fc
  .tuple(
    fc.constantFrom(...documents),
    fc.array(
      fc.record({
        at: fc.nat(),
        cut: fc.oneof(fc.constant(0), fc.nat(40)),
        put: fc.oneof(fc.constantFrom(...scraps), fc.string({ unit: 'binary', maxLength: 5 })),
        double: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([document, edits]) =>
    edits.reduce((text, { at, cut, put, double }) => {
      const place = at % (text.length + 1)
      const piece = text.slice(place, place + cut)
      return text.slice(0, place) + put + (double ? piece + piece : '') + text.slice(place + cut)
    }, document),
  )

/** Scraps one after the other. */
const scribbled = fc.array(fc.constantFrom(...scraps), { maxLength: 60 }).map((pieces) => pieces.join(''))

/** Any plain value where a resource has a certain one. */
const malformed = fc
  .tuple(
    fc.constantFrom('Component', 'Resiliency', 'Configuration'),
    fc.constantFrom('apiVersion', 'metadata', 'spec', 'auth', 'scopes', 'spec.metadata', 'spec.policies', 'spec.api'),
    fc.jsonValue({ maxDepth: 5 }),
  )
  .map(([kind, place, value]) => {
    const [first = '', second] = place.split('.')
    const resource = {
      apiVersion: 'dapr.io/v1alpha1',
      kind,
      metadata: { name: 'x' },
      spec: { type: 'conversation.echo' },
    }
    return JSON.stringify({ ...resource, [first]: second === undefined ? value : { type: 'a', [second]: value } })
  })

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
  mutated.map((text) => Buffer.from(text, 'latin1')),
  mutated.map((text) => Buffer.from(text, 'utf16le')),
)

/** Loads the bytes in every way in which files are loaded. */
async function readAll(folder: string, content: Uint8Array): Promise<void> {
  const file = join(folder, 'a.yaml')
  await writeFile(file, content)
  const warnings: string[] = []
  const report = { info: () => {}, warn: (line: string) => void warnings.push(line) }
  const began = performance.now()
  const loaded = await loadManifests([folder], { appId: 'shop', environment: { A: 'x' }, report })
  for (const { message, line } of loaded.problems) {
    assert.ok(message.includes(`${file}:${line}: `), message)
    assert.ok(message.length < 1_000 && line >= 1, message)
  }
  for (const { metadata } of loaded.manifests) {
    for (const { name, value } of metadata) assert.deepEqual([typeof name, typeof value], ['string', 'string'])
  }
  await loadPolicies([folder], { appId: 'shop', report })
  await loadConfiguration([file], { environment: {}, report }).catch((error) => {
    assert.ok(error instanceof ComponentError, String(error))
    assert.ok(error.message.includes(`${file}:`), error.message)
  })
  assert.ok(performance.now() - began < MAX_MS, `it took ${performance.now() - began} ms`)
  assert.equal(Object.hasOwn(Object.prototype, 'x'), false)
}

const kinds: Readonly<Record<string, fc.Arbitrary<Uint8Array>>> = {
  'resources with mistakes in them': mutated.map((text) => Buffer.from(text)),
  'scraps of YAML': scribbled.map((text) => Buffer.from(text)),
  'resources with any values in them': malformed.map((text) => Buffer.from(text)),
  'any bytes': bytes,
}

for (const [kind, contents] of Object.entries(kinds)) {
  test(`${kind} are read or refused by name, and never take long`, { timeout: 600_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
    try {
      await fc.assert(
        fc.asyncProperty(contents, async (content) => {
          try {
            await readAll(folder, content)
          } catch (error) {
            // The one thing that a text may do to the loading of a folder: say that it means two things by one name.
            const duplicate = error instanceof ComponentError && error.message.startsWith('duplicate definition')
            if (!duplicate) throw error
          }
        }),
        { numRuns },
      )
    } finally {
      await rm(folder, { recursive: true })
    }
  })
}
