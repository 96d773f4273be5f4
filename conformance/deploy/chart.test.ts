import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { VERSION } from '@dapr-chat/sidecar'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { repositoryRoot } from '../../tools/repository.ts'
import { imageName } from './manifests.ts'
import { readServe } from './serve-command.ts'

const chart = join(repositoryRoot, 'deploy/helm/dapr-chat')
const textOf = (file: string) => readFileSync(join(chart, file), 'utf8')
const validate = new Ajv({ strict: false }).compile(JSON.parse(textOf('values.schema.json')))
const values: Readonly<Record<string, unknown>> = parse(textOf('values.yaml'))
const templates = readdirSync(join(chart, 'templates'))
  .map((file) => textOf(`templates/${file}`))
  .join('\n')

test('the chart has the version of the project, and runs its image', () => {
  const { version, appVersion } = parse(textOf('Chart.yaml'))
  assert.deepEqual([version, appVersion], [VERSION, VERSION])
  assert.deepEqual([at(values, 'image.repository'), at(values, 'image.tag')], [imageName, ''])
})

test('the schema takes the values of the chart, and those that the conformance run tries', () => {
  assert.ok(validate(values), JSON.stringify(validate.errors))
  const files = readdirSync(join(chart, 'ci'))
  assert.ok(files.length > 1)
  for (const file of files) {
    // Helm holds the values that result against the schema.
    const own: object = parse(textOf(`ci/${file}`))
    const merged = { ...values, ...own }
    assert.ok(validate(merged), `${file}: ${JSON.stringify(validate.errors)}`)
  }
})

const refused: readonly [name: string, change: object][] = [
  ['an unknown value', { replica: 3 }],
  ['an unknown mode', { mode: 'daemon' }],
  ['no component at all', { components: {} }],
  ['a component of another building block', { components: { store: { type: 'state.redis' } } }],
  ['a component whose name no file can have', { components: { 'a/b': { type: 'conversation.echo' } } }],
  ['a negative drain', { drainSeconds: -1 }],
  ['a flag without a dash', { extraArgs: ['ask'] }],
  ['an app on a port of the sidecar', { app: { image: 'a', port: 3500 } }],
  ['a key of the token that daprd does not read', { mode: 'dapr', token: { secretName: 's', secretKey: 'other' } }],
]
for (const [name, change] of refused) {
  test(`the schema refuses ${name}`, () => assert.equal(validate({ ...values, ...change }), false))
}

test('every value that a template reads is one of the chart, and the other way round', () => {
  const read = new Set([...templates.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path))
  for (const path of read) assert.notEqual(at(values, path), undefined, path)
  for (const name of Object.keys(values)) {
    assert.ok(
      [...read].some((path) => path === name || path.startsWith(`${name}.`)),
      name,
    )
  }
})

test('the flags of the templates exist', () => {
  const flags = [...templates.matchAll(/^ *- (--[\w-]+)=(.*)$/gm)].map(([, flag = '', value = '']) => {
    return `${flag}=${value.replace(/\{\{.*?\}\}/, flag === '--log-level' ? 'info' : '7')}`
  })
  assert.ok(flags.length > 8)
  const { settings } = readServe(['serve', ...flags])
  assert.deepEqual([settings.httpPort, settings.appId, settings.gracefulShutdownMs], [7, '7', 7000])
})

test('no template makes a secret', () => {
  assert.doesNotMatch(templates, /kind: Secret/)
})

function at(object: unknown, path: string): unknown {
  return path.split('.').reduce((value: unknown, name) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  }, object)
}
