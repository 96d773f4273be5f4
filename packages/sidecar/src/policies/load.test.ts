import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadPolicies } from './load.ts'

const resource = (name: string, timeout: string, scopes = '') =>
  `kind: Resiliency\nmetadata:\n  name: ${name}\n${scopes}spec:\n  policies:\n    timeouts:\n      DefaultTimeoutPolicy: ${timeout}\n`

async function load(files: Readonly<Record<string, string>>, more: readonly string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  const told: string[] = []
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    const report = { info: (line: string) => told.push(line), warn: (line: string) => told.push(`! ${line}`) }
    const policies = await loadPolicies([...more, folder], { appId: 'app', report })
    return { policies, told: told.map((line) => line.replaceAll(folder, '.')) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('files are read in the order of their names, and the last one counts', async () => {
  const { policies, told } = await load({ 'b.yml': resource('b', '2s'), 'a.yaml': resource('a', '1s'), 'c.txt': '{' })
  assert.deepEqual(policies.of('gpt')?.timeout, { name: 'DefaultTimeoutPolicy', resource: 'b', policy: 2_000 })
  assert.deepEqual([policies.resources, told], [['a', 'b'], []])
})

test('a folder that does not exist holds no policies', async () => {
  const { policies } = await load({ 'a.yaml': resource('a', '1s') }, ['/does/not/exist'])
  assert.deepEqual(policies.resources, ['a'])
})

test('a resource whose scopes do not name the app is passed over with a line', async () => {
  const { policies, told } = await load({
    'a.yaml': resource('a', '1s', 'scopes: [app]\n'),
    'b.yaml': resource('b', '2s', 'scopes: [other]\n'),
  })
  assert.deepEqual(policies.resources, ['a'])
  assert.deepEqual(told, ['b skipped: its scopes do not name the app "app" (./b.yaml:3)'])
})

test('problems and warnings are reported, and nothing is thrown', async () => {
  const { policies, told } = await load({
    'a.yaml': resource('a', 'soon'),
    'b.yaml': 'kind: Resiliency\nmetadata: 5\nspec: no\n',
  })
  assert.deepEqual(policies.resources, ['a'])
  assert.equal(told.length, 2)
  assert.match(told[0] ?? '', /^! Cannot load timeout "DefaultTimeoutPolicy" from \.\/a\.yaml:7: /)
  assert.match(told[1] ?? '', /^! Cannot load a Resiliency resource from \.\/b\.yaml:3: spec must be a mapping/)
})
