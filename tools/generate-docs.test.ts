import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { errorRow } from '@dapr-chat/protocol'
import { componentSchema, providers } from '@dapr-chat/sidecar'
import { contracts, features } from '@dapr-chat/sidecar/testing'
import { Ajv } from 'ajv'
import { parse, parseAllDocuments } from 'yaml'
import { contractFolder, documentedComponents } from './docs/component.ts'
import { componentExamples, componentYaml } from './docs/component-examples.ts'
import { textOnly } from './docs/error-places.ts'
import { codesTest, situationsTest, troubleshootingPage } from './docs/troubleshooting-page.ts'
import { componentsFolder, generatedDocs } from './generate-docs.ts'
import { repositoryFiles, repositoryRoot } from './repository.ts'

const committed = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8')

test('the pages and the schema are up to date; "npm run generate" makes them so', () => {
  const files = generatedDocs()
  for (const [path, text] of files) {
    // The formatter lays JSON out in its own way.
    if (path.endsWith('.json')) assert.deepEqual(JSON.parse(committed(path)), JSON.parse(text), path)
    else assert.equal(committed(path), text, path)
  }
  const pages = [...files.keys()].filter((path) => path.startsWith(`${componentsFolder}/`))
  assert.deepEqual(repositoryFiles(`${componentsFolder}/**`), pages.sort())
})

test('every test that the documents name exists in the file that they name', () => {
  for (const [feature, { file, tests }] of Object.entries(features)) {
    const source = committed(`${contractFolder}/${file}`)
    for (const name of tests) {
      for (const part of name.split('…')) assert.ok(source.includes(part.trim()), `${feature}: ${name}`)
    }
  }
})

test('the page about errors has every code that an answer or a start can bring, and every class of the client', () => {
  const page = troubleshootingPage()
  const sources = repositoryFiles(['packages/*/src/**/*.ts']).filter((path) => !path.endsWith('.test.ts'))
  const codes = sources.flatMap((path) => [...committed(path).matchAll(/'(ERR_[A-Z_]+)'|\[?([A-Z_]+_FAILURE)\b/g)])
  const named = new Set(codes.map(([, answered, started]) => answered ?? started ?? ''))
  assert.ok(named.size > 15)
  // What nobody is there to read.
  named.delete('ERR_CONVERSATION_CANCELLED')
  for (const code of named) assert.ok(page.includes(code) || isTextOnly(code), code)
  const classes = committed('packages/client/src/errors.ts').matchAll(/class (\w+) extends DaprChatError/g)
  for (const [, name = ''] of classes) assert.ok(page.includes(`\`${name}\``), name)
  for (const path of [codesTest, situationsTest]) assert.ok(existsSync(join(repositoryRoot, path)), path)
})

/** Whether a code stands in the error table alone: its answer is a line of text. */
function isTextOnly(code: string): boolean {
  return [...textOnly].some((each) => errorRow(each).dapr === code)
}

test('every component is documented with a test that runs its contract', () => {
  for (const { test: file } of documentedComponents()) {
    const folder = file.split('/').at(-2)
    assert.match(committed(file), new RegExp(`providerContract\\(contracts\\.${folder}\\)`))
  }
})

test('a provider that asks a vendor differs only where the contract looks', () => {
  for (const [name, contract] of Object.entries(contracts)) {
    if (!('wire' in contract)) continue
    for (const feature of Object.keys(contract.differs) as (keyof typeof features)[]) {
      assert.equal(features[feature].file, 'features.ts', `${name}: ${feature} is proven where nothing is skipped`)
    }
  }
})

const validate = new Ajv({ strict: false }).compile(componentSchema(providers))
const component = (type: string, metadata: readonly object[]) => ({
  apiVersion: 'dapr.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'test' },
  spec: { type, version: 'v1', metadata },
})

test('the schema takes every example', () => {
  for (const example of componentExamples) {
    assert.ok(validate(parse(componentYaml(example))), JSON.stringify(validate.errors))
  }
})

test('the schema takes the component files of this repository', () => {
  const files = repositoryFiles(['components/*.yaml', 'packages/cli/components/*.yaml', 'examples/**/*.yaml'])
  assert.ok(files.length > 2)
  for (const file of files) {
    for (const document of parseAllDocuments(committed(file))) {
      assert.ok(validate(document.toJS()), `${file}: ${JSON.stringify(validate.errors)}`)
    }
  }
})

const key = { name: 'key', value: 'k' }
const accepted: readonly [name: string, document: unknown][] = [
  ['names in any case, and aliases', component('conversation.openai', [{ name: 'APIKEY', value: 'k' }])],
  ['a reference instead of a value', component('conversation.openai', [{ name: 'key', envRef: 'OPENAI_API_KEY' }])],
  ['durations as numbers', component('conversation.openai', [key, { name: 'idleTimeout', value: 5 }])],
  ['durations in words', component('conversation.openai', [key, { name: 'idleTimeout', value: '1m30s' }])],
  ['durations by variable', component('conversation.openai', [key, { name: 'idleTimeout', value: '$' + '{IDLE}' }])],
  ['components of other building blocks', component('state.redis', [{ name: 'redisHost', value: 'localhost' }])],
]
for (const [name, document] of accepted) {
  test(`the schema takes ${name}`, () => assert.ok(validate(document), JSON.stringify(validate.errors)))
}

const refused: readonly [name: string, document: unknown][] = [
  ['a name that the type does not have', component('conversation.echo', [{ name: 'key', value: 'k' }])],
  ['a component without its key', component('conversation.openai', [{ name: 'model', value: 'm' }])],
  ['a duration that is none', component('conversation.echo', [{ name: 'delay', value: 'soon' }])],
  ['a number that is none', component('conversation.deepseek', [key, { name: 'maxTokens', value: 'many' }])],
  ['another kind of resource', { ...component('conversation.echo', []), kind: 'Resiliency' }],
]
for (const [name, document] of refused) {
  test(`the schema refuses ${name}`, () => assert.equal(validate(document), false))
}
