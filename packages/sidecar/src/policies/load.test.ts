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

test('policies that did not change come back as they are, and a mistake takes none away', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  t.after(() => rm(folder, { recursive: true }))
  const told: string[] = []
  const tell = (line: string) => void told.push(line.replaceAll(folder, '.'))
  const options = { appId: 'app', report: { info: tell, warn: tell } }
  const write = (name: string, text: string) => writeFile(join(folder, name), text)
  await write('a.yaml', resource('a', '1s'))
  await write('b.yaml', resource('b', '2s'))
  const first = await loadPolicies([folder], options)
  const again = (previous = first) => loadPolicies([folder], { ...options, previous })
  assert.equal(await again(), first)
  for (const broken of [
    resource('b', 'soon'),
    `${resource('b', '2s')}\n  - [`,
    'kind: Resiliency\nmetadata: {name: b}\nspec: no\n',
  ]) {
    await write('b.yaml', broken)
    assert.equal(await again(), first, broken)
    assert.equal(told.pop(), 'b stays as it was before the change of ./b.yaml')
  }
  await write('b.yaml', resource('b', '3s'))
  const second = await again()
  assert.equal(second.of('gpt')?.timeout?.policy, 3_000)
  assert.equal(second.documents[0], first.documents[0])
  await rm(join(folder, 'b.yaml'))
  assert.equal((await again(second)).of('gpt')?.timeout?.policy, 1_000)
})
