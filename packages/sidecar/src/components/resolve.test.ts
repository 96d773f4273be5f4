import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MetadataEntry } from './entry.ts'
import type { ComponentManifest } from './manifest.ts'
import { resolveMetadata } from './resolve.ts'

const declaration = {
  key: { type: 'string', sensitive: true, required: true, aliases: ['apiKey'], description: '' },
  model: { type: 'string', default: 'small', environment: 'TEST_MODEL', description: '' },
  kind: { type: 'string', choices: ['open_ai', 'azure'], description: '' },
  retries: { type: 'integer', default: 2, description: '' },
  weight: { type: 'number', description: '' },
  fast: { type: 'boolean', default: true, description: '' },
  timeout: { type: 'duration', default: '10s', description: '' },
  pin: { type: 'integer', sensitive: true, description: '' },
} as const

function manifest(entries: Record<string, string | Partial<MetadataEntry>>): ComponentManifest {
  const metadata = Object.entries(entries).map(([name, given], index) => ({
    ...{ name, value: '', unset: [], byReference: false, line: 10 + index },
    ...(typeof given === 'string' ? { value: given } : given),
  }))
  const identity = { name: 'gpt', namespace: '', type: 'conversation.test', version: 'v1' }
  return {
    ...identity,
    ignoreErrors: false,
    initTimeoutMs: 5_000,
    scopes: [],
    metadata,
    warnings: [],
    source: '',
    file: 'x.yaml',
    line: 4,
    typeLine: 4,
  }
}

const resolve = (entries: Parameters<typeof manifest>[0], environment = {}) =>
  resolveMetadata(manifest(entries), declaration, environment)

test('values are typed, and defaults fill what is not given', () => {
  const { settings } = resolve({ key: 'k', retries: '-7', weight: '1e-3', fast: 'off', timeout: '1m', kind: 'AZURE' })
  assert.deepEqual(settings, {
    ...{ key: 'k', model: 'small', kind: 'azure', retries: -7, weight: 0.001, fast: false, timeout: 60_000 },
    pin: undefined,
  })
  const defaults = resolve({ key: 'k', retries: '', fast: '' }).settings
  assert.deepEqual([defaults?.retries, defaults?.fast, defaults?.timeout, defaults?.kind], [2, true, 10_000, undefined])
})

test('names are compared without case', () => {
  assert.equal(resolve({ KEY: 'k' }).settings?.key, 'k')
  assert.equal(resolve({ APIKEY: 'k' }).settings?.key, 'k')
})

test('a canonical name wins over its alias, unless it is empty', () => {
  assert.equal(resolve({ apiKey: 'alias', key: 'own' }).settings?.key, 'own')
  assert.equal(resolve({ apiKey: 'alias', key: '' }).settings?.key, 'alias')
})

test('the name that daprd does not know draws one line, where it gives the value', () => {
  const line = 'gpt: metadata "APIKEY" is taken as "key"; daprd itself knows only "key" (x.yaml:10)'
  assert.deepEqual(resolve({ APIKEY: 'k' }).warnings, [line])
  assert.deepEqual(resolve({ apiKey: 'k', key: 'own' }).warnings, [])
  assert.deepEqual(resolve({ apiKey: { unset: ['K'] } }).warnings, [])
})

test('a value from a secret store is not shown, even where the setting is no secret', () => {
  const message =
    'Cannot load component "gpt" from x.yaml:11: metadata "retries" must be a whole number: current value is not shown'
  assert.throws(() => resolve({ key: 'k', retries: { value: 'sesame', fromSecretStore: true } }), { message })
})

test('an environment variable wins over the metadata, even over a variable that is not set', () => {
  const environment = { TEST_MODEL: 'big' }
  assert.equal(resolve({ key: 'k', model: 'tiny' }, environment).settings?.model, 'big')
  assert.equal(resolve({ key: 'k', model: { unset: ['M'] } }, environment).settings?.model, 'big')
  assert.equal(resolve({ key: 'k', model: 'tiny' }, { TEST_MODEL: '' }).settings?.model, 'tiny')
})

test('two names that differ in case alone are refused, and one written twice holds its last value', () => {
  assert.throws(() => resolve({ key: 'a', Key: 'b' }), {
    name: 'ComponentError',
    message: 'failed to resolve aliases: key key is duplicate in the metadata: x.yaml:10 and x.yaml:11',
  })
  assert.equal(resolve({ first: { name: 'key', value: 'a' }, second: { name: 'key', value: 'b' } }).settings?.key, 'b')
})

const start = 'Cannot load component "gpt" from x.yaml'
const wrong: [entries: Record<string, string>, message: string][] = [
  [{}, `${start}:4: metadata "key" must be set: current value is empty`],
  [{ model: 'm', apikey: '' }, `${start}:11: metadata "key" must be set: current value is empty`],
  [{ key: 'k', retries: '1.5' }, `${start}:11: metadata "retries" must be a whole number: current value is "1.5"`],
  [{ key: 'k', weight: 'x' }, `${start}:11: metadata "weight" must be a number: current value is "x"`],
  [{ key: 'k', kind: 'x' }, `${start}:11: metadata "kind" must be one of open_ai, azure: current value is "x"`],
  [
    { key: 'k', timeout: 'soon' },
    `${start}:11: metadata "timeout" must be a duration such as 500ms, 10s or 1h30m: current value is "soon"`,
  ],
  [{ key: 'k', PIN: 'sesame' }, `${start}:11: metadata "PIN" must be a whole number: current value is not shown`],
]
for (const [entries, message] of wrong) {
  test(`${JSON.stringify(entries)} is refused with file, line and what must hold`, () => {
    assert.throws(() => resolve(entries), { name: 'ComponentError', message })
  })
}

test('variables that are not set are named instead of settings', () => {
  const { settings, unset } = resolve({ key: { unset: ['K'] }, model: { unset: ['M', 'K'] } })
  assert.equal(settings, undefined)
  assert.deepEqual(unset, { names: ['K', 'M'], line: 10 })
})

test('an envRef that is not set matters only where there must be a value', () => {
  const reference = { unset: ['R'], byReference: true }
  assert.equal(resolve({ key: 'k', model: reference }).settings?.model, 'small')
  assert.deepEqual(resolve({ key: reference }).unset?.names, ['R'])
})

test('a variable of a field that nobody reads does not matter', () => {
  assert.equal(resolve({ key: 'k', comment: { unset: ['X'] } }).settings?.key, 'k')
})

test('an unknown name draws a warning only where it is close to a known one', () => {
  assert.deepEqual(resolve({ key: 'k', modle: 'm', somethingElse: 'x' }).warnings, [
    'gpt: metadata "modle" is unknown and has no effect; did you mean "model"? (x.yaml:11)',
  ])
})
