import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localEnv } from './local-env.ts'

const signal = new AbortController().signal
const environment = {
  KEY: 'k',
  APP_KEY: 'prefixed',
  key: 'lower',
  APP_API_TOKEN: 't',
  DAPR_API_TOKEN: 't',
  dapr_x: 't',
}

async function read(name: string, prefix = '') {
  const store = await localEnv.open({ prefix }, { environment, signal })
  return [...((await store.get({ name, namespace: '', signal })) ?? [])]
}

test('a secret is the variable of its name, spelt as it is', async () => {
  assert.deepEqual(await read('KEY'), [['KEY', 'k']])
  assert.deepEqual(await read('key'), [['key', 'lower']])
})

test('a prefix stands before the variable and not before the key', async () => {
  assert.deepEqual(await read('KEY', 'APP_'), [['KEY', 'prefixed']])
})

test('a variable that is not set is an empty secret', async () => {
  assert.deepEqual(await read('NONE'), [['NONE', '']])
  assert.deepEqual(await read('constructor'), [['constructor', '']])
})

for (const [prefix, name] of [
  ['', 'APP_API_TOKEN'],
  ['APP_', 'API_TOKEN'],
  ['', 'DAPR_API_TOKEN'],
  ['', 'dapr_x'],
  ['da', 'pr_x'],
] as const) {
  test(`${prefix}${name} is kept from components, with the prefix "${prefix}"`, async () => {
    await assert.rejects(read(name, prefix), {
      message: `the variable must be one that components may read: current value is "${prefix}${name}"`,
    })
  })
}
