// biome-ignore-all lint/suspicious/noTemplateCurlyInString: component files write variables this way
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ComponentManifest, parseManifests } from './manifest.ts'

const parse = (text: string, environment: Record<string, string> = {}) =>
  parseManifests(text, 'components/x.yaml', { environment, appId: 'shop' })

/** A component with the given lines of metadata, which begin on line 9. */
const component = (metadata: string, rest = '') =>
  `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: openai
spec:
  type: conversation.openai
  version: v1
  metadata:
${metadata}
${rest}`

function only(text: string, environment?: Record<string, string>): ComponentManifest {
  const { manifests, problems } = parse(text, environment)
  assert.deepEqual(problems, [])
  const [manifest, ...others] = manifests
  assert.equal(others.length, 0)
  assert.ok(manifest)
  return manifest
}

const values = (manifest: ComponentManifest) =>
  Object.fromEntries(manifest.metadata.map(({ name, value }) => [name, value]))

test('a component is read with all it declares', () => {
  const text = `# a comment
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: gpt
  namespace: prod
spec:
  type: conversation.openai
  version: v1
  ignoreErrors: true
  initTimeout: 5s
  metadata:
    - name: model
      value: gpt-4.1-nano
auth:
  secretStore: vault
scopes:
  - shop
  - till
`
  assert.deepEqual(only(text), {
    name: 'gpt',
    namespace: 'prod',
    type: 'conversation.openai',
    version: 'v1',
    ignoreErrors: true,
    initTimeoutMs: 5_000,
    scopes: ['shop', 'till'],
    metadata: [{ name: 'model', value: 'gpt-4.1-nano', unset: [], byReference: false, line: 14 }],
    warnings: [],
    source: text.trim(),
    file: 'components/x.yaml',
    line: 5,
    typeLine: 8,
  })
})

test('a component needs no version and no metadata', () => {
  const manifest = only(
    '{apiVersion: dapr.io/v1alpha1, kind: Component, metadata: {name: e}, spec: {type: conversation.echo}}',
  )
  assert.deepEqual([manifest.version, manifest.metadata, manifest.scopes], ['', [], []])
})

test('a value of any type becomes text', () => {
  const manifest = only(
    component(
      `  - {name: string, value: " as it is "}
  - {name: quoted, value: "true"}
  - {name: integer, value: 10}
  - {name: big, value: 12345678901234567890}
  - {name: float, value: 0.50}
  - {name: true, value: TRUE}
  - {name: yes, value: yes}
  - {name: off, value: off}
  - {name: date, value: 2025-01-01}
  - {name: time, value: 12:30:45}
  - {name: list, value: [a, 1, yes, null]}
  - {name: map, value: {b: "x\\"y", a: {c: 12345678901234567890}}}
  - {name: null, value: null}
  - {name: tilde, value: ~}
  - {name: missing}
  - name: block
    value: |
      two
      lines
`.replaceAll(/name: (true|yes|off|null),/g, 'name: "$1",'),
    ),
  )
  assert.deepEqual(values(manifest), {
    string: ' as it is ',
    quoted: 'true',
    integer: '10',
    big: '12345678901234567890',
    float: '0.5',
    true: 'true',
    yes: 'true',
    off: 'false',
    date: '2025-01-01',
    time: '12:30:45',
    list: '["a",1,true,null]',
    map: '{"b":"x\\"y","a":{"c":12345678901234567890}}',
    null: '',
    tilde: '',
    missing: '',
    block: 'two\nlines\n',
  })
})

test('variables are filled in after parsing, so that no value can break the file', () => {
  const K = 'a"b: c\n- name: x'
  const manifest = only(component('  - name: key\n    value: "${K}"\n  - {name: map, value: {k: "${K}"}}'), { K })
  assert.deepEqual(values(manifest), { key: K, map: JSON.stringify({ k: K }) })
})

test('a variable that is not set is named with the line of the value', () => {
  const manifest = only(component('  - name: apiKey\n    value: "${OPENAI_API_KEY}"'))
  assert.deepEqual(manifest.metadata, [
    { name: 'apiKey', value: '', unset: ['OPENAI_API_KEY'], byReference: false, line: 10 },
  ])
})

test('envRef gives the value where none is written', () => {
  const environment = { Some_Key: 'k', EMPTY: '' }
  const manifest = only(
    component(`  - {name: a, envRef: Some_Key}
  - {name: b, envRef: Some_Key, value: written}
  - {name: c, envRef: UNSET}
  - {name: d, envRef: EMPTY}
  - {name: e, envRef: ""}
  - {name: f, envRef: Some_Key, value: ""}`),
    environment,
  )
  assert.deepEqual(values(manifest), { a: 'k', b: 'written', c: '', d: '', e: '', f: '' })
  assert.deepEqual(
    manifest.metadata.map((entry) => entry.unset),
    [[], [], ['UNSET'], ['EMPTY'], [], []],
  )
  assert.deepEqual(manifest.warnings, [])
})

test('envRef may not read the variables of the sidecar itself', () => {
  for (const name of ['DAPR_API_TOKEN', 'dapr_api_token', 'App_Api_Token', 'A B']) {
    const manifest = only(component(`  - {name: key, envRef: "${name}"}`), { [name]: 'secret' })
    assert.deepEqual(values(manifest), { key: '' }, name)
    assert.match(manifest.warnings.join(), /^openai: envRef of metadata "key" must .*x\.yaml:9\)$/, name)
  }
})

test('DAPR_ENV_KEYS limits what envRef may read', () => {
  const environment = { DAPR_ENV_KEYS: 'A_KEY B_KEY', A_KEY: 'a', b_key: 'b', C_KEY: 'c' }
  const metadata = '  - {name: a, envRef: A_KEY}\n  - {name: b, envRef: b_key}\n  - {name: c, envRef: C_KEY}'
  const manifest = only(component(metadata), environment)
  assert.deepEqual(values(manifest), { a: 'a', b: 'b', c: '' })
  assert.equal(manifest.warnings.length, 1)
})

test('a secret without a store stays empty with a warning, and one with a store names it', () => {
  const secret = '  - name: key\n    secretKeyRef: {name: openai, key: apiKey}'
  const alone = only(component(secret))
  assert.deepEqual(values(alone), { key: '' })
  assert.equal(alone.secretStore, undefined)
  assert.match(alone.warnings.join(), /^openai: secretKeyRef of metadata "key" must come with auth\.secretStore/)
  const stored = only(component(secret, 'auth: {secretStore: vault}'))
  assert.equal(stored.secretStore, 'vault')
  assert.deepEqual(stored.metadata[0]?.secretKeyRef, { name: 'openai', key: 'apiKey' })
  assert.deepEqual(stored.warnings, [])
})

test('initTimeout is a duration of Go, and anything else means the default', () => {
  const timeouts = { '1m30s': 90_000, '250ms': 250, '0s': 5_000, '-1s': 5_000, '"7"': 5_000, soon: 5_000, '""': 5_000 }
  for (const [text, milliseconds] of Object.entries(timeouts)) {
    const { initTimeoutMs } = only(component('    []').replace('version: v1', `initTimeout: ${text}`))
    assert.equal(initTimeoutMs, milliseconds, text)
  }
})

test('other resources and empty documents are passed over', () => {
  const text = `---
# nothing
---
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: r}
---
apiVersion: dapr.io/v1alpha1
kind: Configuration
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: web}
---
apiVersion: dapr.io/v1alpha1
kind: HTTPEndpoint
metadata: {name: "a\\nb"}
---
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata: [orders]
---
services: {web: {image: nginx}}
---
kind: 5
---
${component('    []')}`
  assert.equal(only(text).name, 'openai')
  assert.deepEqual(parse(text).skipped, [
    'Component "web" skipped: resources of this kind of backstage.io/v1alpha1 mean nothing to this sidecar (components/x.yaml:12)',
    'HTTPEndpoint "a\\nb" skipped: resources of this kind of dapr.io/v1alpha1 mean nothing to this sidecar (components/x.yaml:16)',
    'Subscription skipped: resources of this kind of dapr.io/v2alpha1 mean nothing to this sidecar (components/x.yaml:20)',
    'a document skipped: it has no kind (components/x.yaml:23)',
    'a document skipped: it has no kind (components/x.yaml:25)',
  ])
})

test('a broken document is a problem, and its neighbours are read', () => {
  const text = `${component('    []')}---
spec: [never closed
--- # the third
${component('    []').replace('openai', 'second')}`
  const { manifests, problems } = parse(text)
  assert.deepEqual(
    manifests.map(({ name, line }) => [name, line]),
    [
      ['openai', 4],
      ['second', 16],
    ],
  )
  assert.equal(problems.length, 1)
  assert.match(
    problems[0]?.message ?? '',
    /^Cannot load a component from components\/x\.yaml:1\d: the document must be valid YAML: /,
  )
})

test('lines are right in files with carriage returns', () => {
  const text = `# first\n---\n${component('  - name: key\n    value: x')}`.replaceAll('\n', '\r\n')
  assert.deepEqual([only(text).line, only(text).metadata[0]?.line], [6, 12])
})

test('anchors, aliases and merge keys are followed', () => {
  const text = component('  - &k {name: key, value: x}\n  - {<<: *k, name: other}')
  assert.deepEqual(values(only(text)), { key: 'x', other: 'x' })
})

test('a document of more than 64 KiB is read', () => {
  assert.equal(only(component(`  - {name: big, value: ${'x'.repeat(100_000)}}`)).metadata[0]?.value.length, 100_000)
})

const wrong: Record<string, [text: string, message: string]> = {
  'a name that is missing': [
    component('    []').replace('  name: openai', '  labels: {}'),
    'a component from components/x.yaml:4: metadata.name must be set: current value is empty',
  ],
  'a name that cannot stand in a path': [
    component('    []').replace('openai', 'a/b'),
    'component "a/b" from components/x.yaml:4: metadata.name must be a name without "/" and "%", and not "." or "..": current value is "a/b"',
  ],
  ...Object.fromEntries(
    ['.', '..', 'a%20b'].map((name): [string, [string, string]] => [
      `the name ${name}`,
      [
        component('    []').replace('name: openai', `name: "${name}"`),
        `component "${name}" from components/x.yaml:4: metadata.name must be a name without "/" and "%", and not "." or "..": current value is "${name}"`,
      ],
    ]),
  ),
  'a name that is a number': [
    component('    []').replace('name: openai', 'name: 5'),
    'a component from components/x.yaml:4: metadata.name must be text (put it in quotes): current value is 5',
  ],
  'metadata of the component that are a list': [
    component('    []').replace('  name: openai', '  - name: openai'),
    'a component from components/x.yaml:4: metadata.name must be set: current value is empty',
  ],
  'a namespace that is a list': [
    component('    []').replace('  name: openai', '  name: openai\n  namespace: [prod]'),
    'component "openai" from components/x.yaml:5: metadata.namespace must be text (put it in quotes): current value is a list',
  ],
  'a spec that is missing': [
    'apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: e}',
    'component "e" from components/x.yaml:1: spec.type must be set: current value is empty',
  ],
  'a type that is a list': [
    component('    []').replace('type: conversation.openai', 'type: [conversation.openai]'),
    'component "openai" from components/x.yaml:6: spec.type must be text (put it in quotes): current value is a list',
  ],
  'an initTimeout that is a number': [
    component('    []').replace('version: v1', 'initTimeout: 5'),
    'component "openai" from components/x.yaml:7: spec.initTimeout must be text (put it in quotes): current value is 5',
  ],
  'an entry that is text': [
    component('  - key=sk-secret'),
    'component "openai" from components/x.yaml:9: spec.metadata[0].name must be set: current value is empty',
  ],
  'an entry whose name is a number': [
    component('  - {name: 1, value: a}'),
    'component "openai" from components/x.yaml:9: spec.metadata[0].name must be text (put it in quotes): current value is 1',
  ],
  'an envRef that is a list': [
    component('  - {name: key, envRef: [KEY]}'),
    'component "openai" from components/x.yaml:9: spec.metadata[0].envRef must be text (put it in quotes): current value is a list',
  ],
  'a secret whose name is a number': [
    component('  - {name: key, secretKeyRef: {name: 1}}'),
    'component "openai" from components/x.yaml:9: spec.metadata[0].secretKeyRef.name must be text (put it in quotes): current value is 1',
  ],
  'a secret whose key is a number': [
    component('  - name: key\n    secretKeyRef:\n      name: a\n      key: 1'),
    'component "openai" from components/x.yaml:12: spec.metadata[0].secretKeyRef.key must be text (put it in quotes): current value is 1',
  ],
  'a secret store that is a list': [
    component('    []', 'auth: {secretStore: [vault]}'),
    'component "openai" from components/x.yaml:10: auth.secretStore must be text (put it in quotes): current value is a list',
  ],
  'a scope that is a number': [
    component('    []', 'scopes: [5]'),
    'component "openai" from components/x.yaml:10: scopes[0] must be text (put it in quotes): current value is 5',
  ],
  'a component without the version of the API': [
    component('    []').replace('apiVersion: dapr.io/v1alpha1\n', ''),
    'a component from components/x.yaml:1: apiVersion must be "dapr.io/v1alpha1": current value is empty',
  ],
  'a resource of Dapr without a kind': [
    'apiVersion: dapr.io/v1alpha1\nmetadata: {name: e}',
    'a component from components/x.yaml:1: kind must be "Component": current value is empty',
  ],
  'a key that is written twice': [
    component('    []').replace('version: v1', 'type: conversation.echo'),
    'a component from components/x.yaml:7: the document must be valid YAML: Map keys must be unique',
  ],
  'a line that begins in the wrong column': [
    component('    []').replace('  type: ', ' type: '),
    'a component from components/x.yaml:6: the document must be valid YAML: Nested mappings are not allowed in compact mappings; look at the indentation of this line and the one before it',
  ],
  'a tab for an indentation': [
    component('    []').replace('  name: openai', '\tname: openai'),
    'a component from components/x.yaml:4: the document must be valid YAML: Tabs are not allowed as indentation',
  ],
  'an anchor that there is not': [
    component('  - *key'),
    'a component from components/x.yaml:9: the document must be valid YAML: Unresolved alias (the anchor must be set before the alias): key',
  ],
  'aliases that multiply': [
    `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [${'*a, '.repeat(9)}]\nc: &c [${'*b, '.repeat(9)}]\nd: [${'*c, '.repeat(9)}]`,
    'a component from components/x.yaml:1: the document must be valid YAML: Excessive alias count indicates a resource exhaustion attack',
  ],
  'lists that nest without an end': [
    `a: 1\nb: ${'['.repeat(20_000)}`,
    'a component from components/x.yaml:2: the document must not nest deeper than 100 levels',
  ],
  'more keys than a resource ever has': [
    Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n'),
    'a component from components/x.yaml:5001: the document must not have more than 10000 nodes',
  ],
  'a list for a document': ['- a', 'a component from components/x.yaml:1: the document must be a mapping'],
  'a type that is missing': [
    component('    []').replace('  type: conversation.openai\n', ''),
    'component "openai" from components/x.yaml:6: spec.type must be set: current value is empty',
  ],
  'a version that is a number': [
    component('    []').replace('version: v1', 'version: 1'),
    'component "openai" from components/x.yaml:7: spec.version must be text (put it in quotes): current value is 1',
  ],
  'metadata that is a mapping': [
    component('    key: sk-secret'),
    'component "openai" from components/x.yaml:9: spec.metadata must be a list: current value is a mapping',
  ],
  'an entry without a name': [
    component('  - value: sk-secret'),
    'component "openai" from components/x.yaml:9: spec.metadata[0].name must be set: current value is empty',
  ],
  'ignoreErrors that is no boolean': [
    component('    []').replace('version: v1', 'ignoreErrors: perhaps'),
    'component "openai" from components/x.yaml:7: spec.ignoreErrors must be true or false: current value is "perhaps"',
  ],
  'scopes that are no list': [
    component('    []', 'scopes: shop'),
    'component "openai" from components/x.yaml:10: scopes must be a list: current value is "shop"',
  ],
  'another version of the API': [
    component('    []').replace('v1alpha1', 'v1'),
    'a component from components/x.yaml:1: apiVersion must be "dapr.io/v1alpha1": current value is "dapr.io/v1"',
  ],
  'a kind in another case': [
    component('    []').replace('kind: C', 'kind: c'),
    'a component from components/x.yaml:2: kind must be "Component": current value is "component"',
  ],
  'a kind that is misspelt': [
    component('    []').replace('kind: Component', 'kind: Compnent'),
    'a component from components/x.yaml:2: kind must be "Component": current value is "Compnent"',
  ],
  'a value that contains itself': [
    component('  - {name: a, value: &v [*v]}'),
    'component "openai" from components/x.yaml:9: spec.metadata[0].value must not contain itself: current value is a list',
  ],
  'a second document without a separator': [
    'a: 1\n...\nb: 2',
    'a component from components/x.yaml:3: a further document must begin with a line "---"',
  ],
  'a document that is text': ['hello', 'a component from components/x.yaml:1: the document must be a mapping'],
}
for (const [name, [text, message]] of Object.entries(wrong)) {
  test(`${name} is a problem that says what must hold`, () => {
    const { manifests, problems } = parse(text)
    assert.deepEqual(manifests, [])
    assert.deepEqual(
      problems.map((problem) => problem.message),
      [`Cannot load ${message}`],
    )
    assert.match(message, new RegExp(`:${problems[0]?.line}: `))
  })
}

test('names of fields are read without regard to case, as daprd reads them, and lines are found all the same', () => {
  const text = `ApiVersion: dapr.io/v1alpha1
KIND: Component
Metadata:
  Name: gpt
Spec:
  Type: conversation.openai
  Version: v1
  IgnoreErrors: true
  Metadata:
    - Name: model
      Value: gpt-5
Scopes: [shop]
`
  const manifest = only(text)
  assert.partialDeepStrictEqual(manifest, {
    name: 'gpt',
    type: 'conversation.openai',
    ignoreErrors: true,
    scopes: ['shop'],
    line: 4,
    warnings: [],
  })
  assert.deepEqual(
    manifest.metadata.map(({ name, value, line }) => [name, value, line]),
    [['model', 'gpt-5', 11]],
  )
})
