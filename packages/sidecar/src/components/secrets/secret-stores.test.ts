// biome-ignore-all lint/suspicious/noTemplateCurlyInString: component files write variables this way
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ComponentManifest, parseManifests } from '../manifest.ts'
import { type AnySecretStoreDefinition, defineSecretStore } from './secret-store.ts'
import { SecretStores } from './secret-stores.ts'

/** One document, on one line. */
const component = (name: string, type: string, metadata: string, { spec = '', rest = '' } = {}) =>
  `--- {apiVersion: dapr.io/v1alpha1, kind: Component, metadata: {name: ${name}, namespace: ns}, spec: {type: ${type}, version: v1, metadata: [${metadata}]${spec}}${rest}}\n`
const env = (name: string, options = {}) => component(name, 'secretstores.local.env', '', options)
const asking = (metadata: string, store = 'env', spec = '') =>
  component('gpt', 'conversation.openai', metadata, { spec, rest: `, auth: {secretStore: ${store}}` })

/** A store that counts what it is asked, opens and answers as it is told. */
function testStore(answer: () => Promise<ReadonlyMap<string, string> | undefined>, opening?: Promise<never>) {
  const asked: string[] = []
  const definition = defineSecretStore({
    type: 'secretstores.test',
    settings: { url: { type: 'string', description: '' } },
    async open() {
      await opening
      return {
        get({ name, namespace }) {
          asked.push(`${namespace}/${name}`)
          return answer()
        },
      }
    },
  })
  return { definition, asked }
}

async function load(
  text: string,
  environment: Readonly<Record<string, string>> = {},
  definitions?: readonly AnySecretStoreDefinition[],
) {
  const lines: string[] = []
  const line = (message: string) => void lines.push(message)
  const { manifests, problems } = parseManifests(text, 'c.yaml', { environment, appId: 'shop' })
  assert.deepEqual(problems, [])
  const report = { info: line, warn: line }
  const stores = await SecretStores.open(manifests, { environment, report, ...(definitions && { definitions }) })
  const filled = await stores.fill(manifests)
  return { stores, filled, lines }
}

const only = ({ filled }: { filled: readonly ComponentManifest[] }): ComponentManifest => {
  assert.equal(filled.length, 1)
  const [manifest] = filled
  assert.ok(manifest)
  return manifest
}

const key = '{name: key, secretKeyRef: {name: OPENAI, key: OPENAI}}'
const start = '[INIT_COMPONENT_FAILURE]: initialization error occurred for'

test('a store is opened before the components, wherever its file stands, and gives them their values', async () => {
  const loaded = await load(asking(key) + env('env'), { OPENAI: 'sk-1' })
  const manifest = only(loaded)
  assert.equal(manifest.secretStore, undefined)
  assert.deepEqual(manifest.metadata, [
    { name: 'key', value: 'sk-1', unset: [], byReference: false, fromSecretStore: true, line: 1 },
  ])
  assert.deepEqual(manifest.warnings, [])
  assert.deepEqual(loaded.stores.list(), [
    { name: 'env', type: 'secretstores.local.env', version: 'v1', state: 'ready' },
  ])
  assert.deepEqual(loaded.lines, [])
})

test('the key is the name of the secret where none is given', async () => {
  const manifest = only(
    await load(env('env') + asking('{name: key, secretKeyRef: {name: OPENAI}}'), { OPENAI: 'sk-1' }),
  )
  assert.equal(manifest.metadata[0]?.value, 'sk-1')
})

test('a secret takes the place of a value, and of a variable that is not set', async () => {
  const given = '{name: a, value: old, secretKeyRef: {name: S}}, {name: b, value: "${NONE}", secretKeyRef: {name: S}}'
  const manifest = only(await load(env('env') + asking(given), { S: 'new' }))
  assert.deepEqual(
    manifest.metadata.map(({ value, unset }) => [value, unset]),
    [
      ['new', []],
      ['new', []],
    ],
  )
})

test('a value by envRef needs no secret store, as in daprd', async () => {
  const manifest = only(await load(asking('{name: key, envRef: E, secretKeyRef: {name: S}}', 'none'), { E: 'e' }))
  assert.equal(manifest.secretStore, undefined)
  assert.equal(manifest.metadata[0]?.value, 'e')
})

test('a component whose store is not loaded comes back as it is, still waiting', async () => {
  const manifest = only(await load(env('env') + asking(key, 'vault'), { OPENAI: 'sk-1' }))
  assert.equal(manifest.secretStore, 'vault')
  assert.equal(manifest.metadata[0]?.value, '')
})

test('a secret that cannot be had is a warning, and the value stays what it was', async () => {
  const answers = [undefined, new Map([['other', 'x']]), new Map([['K', '']])]
  const { definition } = testStore(async () => answers.shift())
  const three = ['a', 'b', 'c'].map((name) => `{name: ${name}, value: old, secretKeyRef: {name: ${name}S, key: K}}`)
  const text = component('t', 'secretstores.test', '') + asking(`${three}, {name: d, value: plain}`, 't')
  const manifest = only(await load(text, {}, [definition]))
  assert.deepEqual(
    manifest.metadata.map(({ value, fromSecretStore }) => [value, fromSecretStore]),
    [
      ['old', undefined],
      ['old', undefined],
      ['old', undefined],
      ['plain', undefined],
    ],
  )
  const end = 'the value in the file holds (c.yaml:2)'
  assert.deepEqual(manifest.warnings, [
    `gpt: secretKeyRef of metadata "a" (store "t") must name a secret that the store has: current value is "aS"; ${end}`,
    `gpt: secretKeyRef of metadata "b" (store "t") must name a key that the secret "bS" has: current value is "K"; ${end}`,
    `gpt: secretKeyRef of metadata "c" (store "t") must name a secret that is not empty: current value is "cS"; ${end}`,
  ])
})

test('a store that fails is a warning, and a variable that is kept from components is one', async () => {
  const manifest = only(await load(env('env') + asking('{name: key, secretKeyRef: {name: DAPR_X}}'), { DAPR_X: 's' }))
  assert.deepEqual(manifest.warnings, [
    'gpt: secretKeyRef of metadata "key" (store "env") cannot be looked up: the variable must be one that components may read: current value is "DAPR_X"; the value stays empty (c.yaml:2)',
  ])
})

test('a secret is asked for once, with the namespace of the component, however many values it gives', async () => {
  const { definition, asked } = testStore(
    async () =>
      new Map([
        ['A', '1'],
        ['B', '2'],
      ]),
  )
  const two = '{name: a, secretKeyRef: {name: S, key: A}}, {name: b, secretKeyRef: {name: S, key: B}}'
  const manifest = only(await load(component('t', 'secretstores.test', '') + asking(two, 't'), {}, [definition]))
  assert.deepEqual(
    manifest.metadata.map(({ value }) => value),
    ['1', '2'],
  )
  assert.deepEqual(asked, ['ns/S'])
})

test('a store that never answers holds the start no longer than initTimeout', async () => {
  const { definition } = testStore(() => new Promise(() => {}))
  const two = '{name: a, secretKeyRef: {name: S}}, {name: b, secretKeyRef: {name: T}}'
  const text = component('t', 'secretstores.test', '') + asking(two, 't', ', initTimeout: 30ms')
  const manifest = only(await load(text, {}, [definition]))
  const said = (name: string) =>
    `gpt: secretKeyRef of metadata "${name}" (store "t") cannot be looked up: it did not answer within 30 ms (initTimeout); the value stays empty (c.yaml:2)`
  assert.deepEqual(manifest.warnings, [said('a'), said('b')])
})

test('a store that does not open within initTimeout stops the start', async () => {
  const { definition } = testStore(async () => undefined, new Promise(() => {}))
  await assert.rejects(
    load(component('t', 'secretstores.test', '', { spec: ', initTimeout: 20ms' }), {}, [definition]),
    {
      name: 'ComponentError',
      message: `${start} t (secretstores.test/v1): init timeout for component t (secretstores.test/v1)`,
    },
  )
})

test('all stores that cannot be opened are said at once', async () => {
  const text = component('a', 'secretstores.local.file', '') + component('b', 'SecretStores.Local.File', '')
  const missing = 'missing local secrets file in metadata: "secretsFile" must be set: current value is empty'
  await assert.rejects(load(text), {
    message: `${start} a (secretstores.local.file/v1): ${missing} (c.yaml:1)\n${start} b (SecretStores.Local.File/v1): ${missing} (c.yaml:2)`,
  })
})

test('a store that fails and ignores errors is reported, and its components wait', async () => {
  const text = component('f', 'secretstores.local.file', '', { spec: ', ignoreErrors: true' }) + asking(key, 'f')
  const loaded = await load(text)
  assert.equal(only(loaded).secretStore, 'f')
  assert.equal(loaded.stores.list()[0]?.state, 'failed')
  assert.match(loaded.lines.join('\n'), /^f failed, and its errors are ignored: \[INIT_COMPONENT_FAILURE\]: [^\n]+$/)
})

test('a store may take its settings from another one, whatever their order', async () => {
  const settings: unknown[] = []
  const inner = defineSecretStore({
    type: 'secretstores.inner',
    settings: { url: { type: 'string', description: '' } },
    async open(given) {
      settings.push(given)
      return { get: async () => new Map([['S', given.url ?? '']]) }
    },
  })
  const url = '{name: url, secretKeyRef: {name: S}}'
  const nested = (name: string, store: string) =>
    component(name, 'secretstores.inner', url, { rest: `, auth: {secretStore: ${store}}` })
  const first = component('c', 'secretstores.inner', '{name: url, value: deep}')
  const { stores } = await load(nested('a', 'b') + nested('b', 'c') + first, {}, [inner])
  assert.deepEqual(settings, [{ url: 'deep' }, { url: 'deep' }, { url: 'deep' }])
  assert.deepEqual(
    stores.list().map(({ name }) => name),
    ['c', 'b', 'a'],
  )
})

test('stores that wait for each other, and for one that is not there, are skipped', async () => {
  const waiting = (name: string, store: string) =>
    component(name, 'secretstores.local.env', '{name: prefix, secretKeyRef: {name: S}}', {
      rest: `, auth: {secretStore: ${store}}`,
    })
  const { lines } = await load(waiting('a', 'b') + waiting('b', 'a') + waiting('c', 'vault'))
  assert.deepEqual(lines, [
    'a skipped: its secret store "b" is not loaded (c.yaml:1)',
    'b skipped: its secret store "a" is not loaded (c.yaml:2)',
    'c skipped: its secret store "vault" is not loaded (c.yaml:3)',
  ])
})

test('a kind of store that only daprd has is skipped, and a slip of the pen is named', async () => {
  const text = component('vault', 'secretstores.hashicorp.vault', '') + component('f', 'secretstores.local.fil', '')
  const { lines } = await load(text + env('old').replace('version: v1', 'version: v7'))
  const types = 'secretstores.local.env, secretstores.local.file, secretstores.kubernetes'
  assert.deepEqual(lines, [
    `vault skipped: couldn't find secret store secretstores.hashicorp.vault/v1: the types are: ${types} (c.yaml:1)`,
    "f skipped: couldn't find secret store secretstores.local.fil/v1: did you mean secretstores.local.file? (c.yaml:2)",
    "old skipped: couldn't find secret store secretstores.local.env/v7: did you mean secretstores.local.env/v1? (c.yaml:3)",
  ])
})

test('a store that waits for a variable is skipped, and a misspelt setting is named', async () => {
  const { lines } = await load(
    component('a', 'secretstores.local.file', '{name: secretsFile, value: "${WHERE}"}') +
      component('b', 'secretstores.local.env', '{name: prefx, value: x}'),
  )
  assert.deepEqual(lines, [
    'a skipped: WHERE is not set (c.yaml:1)',
    'b: metadata "prefx" is unknown and has no effect; did you mean "prefix"? (c.yaml:2)',
  ])
})

/** Loads one text after the other, each on top of what was open before. */
function reloading(environment: Readonly<Record<string, string>>, definitions: readonly AnySecretStoreDefinition[]) {
  let previous: SecretStores | undefined
  let known: readonly ComponentManifest[] = []
  return async (text: string) => {
    const lines: string[] = []
    const line = (message: string) => void lines.push(message)
    const parsed = parseManifests(text, 'c.yaml', { environment, appId: 'shop' }).manifests
    known = parsed.map((manifest) => known.find(({ source }) => source === manifest.source) ?? manifest)
    const options = { environment, report: { info: line, warn: line }, definitions }
    const stores = await SecretStores.open(known, options, previous)
    const changes = previous && stores.changesSince(previous).map(({ name, what }) => `${name} ${what}`)
    previous = stores
    return { stores, filled: await stores.fill(known), lines, changes }
  }
}

test('a store that did not change stays open, and is not asked again for what it gave', async () => {
  const { definition, asked } = testStore(async () => new Map([['OPENAI', 'sk-1']]))
  const load = reloading({}, [definition])
  const vault = component('vault', 'secretstores.test', '')
  const first = only(await load(vault + asking(key, 'vault')))
  const { filled, changes } = await load(`# a line\n${vault}${asking(key, 'vault')}`)
  assert.equal(filled[0], first)
  assert.deepEqual([changes, asked], [[], ['ns/OPENAI']])
  const changed = await load(component('vault', 'secretstores.test', '{name: url, value: b}') + asking(key, 'vault'))
  assert.deepEqual([changed.changes, asked.length], [['vault reloaded'], 2])
  const gone = await load(asking(key, 'vault'))
  assert.deepEqual([gone.changes, only(gone).secretStore, gone.stores.list()], [['vault removed'], 'vault', []])
})

test('a secret that could not be had is asked for again, and the component is the same until it is there', async () => {
  let values: ReadonlyMap<string, string> | undefined
  const { definition, asked } = testStore(async () => values)
  const load = reloading({}, [definition])
  const text = component('vault', 'secretstores.test', '') + asking(key, 'vault')
  const first = only(await load(text))
  assert.equal(only(await load(text)), first)
  values = new Map([['OPENAI', 'sk-1']])
  assert.equal(only(await load(text)).metadata[0]?.value, 'sk-1')
  assert.equal(asked.length, 3)
})

for (const [mistake, metadata, type] of [
  ['lacks a variable', '{name: url, value: "${NONE}"}', 'secretstores.test'],
  ['cannot be opened', '{name: url, value: fails}', 'secretstores.test'],
  ['is of a kind that there is not', '', 'secretstores.tset'],
] as const) {
  test(`a store that ${mistake} after a change stays as it was, and stops nothing`, async () => {
    const definition = defineSecretStore({
      type: 'secretstores.test',
      settings: { url: { type: 'string', description: '' } },
      async open({ url }) {
        if (url === 'fails') throw new Error('the url must be reachable')
        return { get: async () => new Map([['OPENAI', 'sk-1']]) }
      },
    })
    const load = reloading({}, [definition])
    const first = only(await load(component('vault', 'secretstores.test', '') + asking(key, 'vault')))
    const broken = await load(component('vault', type, metadata) + asking(key, 'vault'))
    assert.equal(only(broken), first)
    assert.deepEqual([broken.changes, broken.lines.length], [[], 2])
    assert.equal(broken.lines[1], 'vault stays as it was before the change of c.yaml')
    assert.deepEqual(
      broken.stores.list().map(({ state }) => state),
      ['ready'],
    )
  })
}
