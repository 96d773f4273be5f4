import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { loadManifests } from './load.ts'
import type { ComponentManifest } from './manifest.ts'

const component = (name: string, rest = '', namespace = '') =>
  `{apiVersion: dapr.io/v1alpha1, kind: Component, metadata: {name: ${name}, namespace: "${namespace}"}, spec: {type: conversation.echo, version: v1}${rest}}`

/** Loads folders of the given files; gives back names, report lines and problems, with the folders' paths cut off. */
async function load(folders: Record<string, Record<string, string>>, environment: Record<string, string> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'load-test-'))
  const lines: string[] = []
  const line = (message: string) => void lines.push(message.replaceAll(`${root}/`, ''))
  try {
    for (const [folder, files] of Object.entries(folders)) {
      await mkdir(join(root, folder))
      for (const [name, text] of Object.entries(files)) await writeFile(join(root, folder, name), text)
    }
    await mkdir(join(root, Object.keys(folders)[0] ?? '', 'inner.yaml'))
    const paths = Object.keys(folders).map((folder) => join(root, folder))
    const loaded = await loadManifests(paths, { environment, appId: 'shop', report: { info: line, warn: line } })
    return { names: loaded.manifests.map((manifest) => manifest.name), problems: loaded.problems.length, lines }
  } finally {
    await rm(root, { recursive: true })
  }
}

test('folders, files and documents are read in order, and only the files that are meant', async () => {
  const { names, lines } = await load({
    second: {
      'b.yml': component('b'),
      'a.YAML': `${component('a2')}\n---\n${component('a1')}`,
      'c.yaml.disabled': component('c'),
      'notes.txt': '',
      '.hidden': '',
    },
    first: { 'a.yaml': component('last') },
  })
  assert.deepEqual(names, ['a2', 'a1', 'b', 'last'])
  assert.deepEqual(lines, [
    'second/c.yaml.disabled skipped: it is disabled',
    'second/notes.txt skipped: only .yaml and .yml files are read',
  ])
})

test('no folder means no components', async () => {
  const report = { info: assert.fail, warn: assert.fail }
  assert.deepEqual(await loadManifests([], { environment: {}, appId: 'shop', report }), { manifests: [], problems: [] })
})

test('a document that cannot be used is reported, and the others load', async () => {
  const { names, problems, lines } = await load({ f: { 'a.yaml': ': :\n- [', 'b.yaml': component('b') } })
  assert.deepEqual([names, problems, lines.length], [['b'], 1, 1])
  assert.match(lines[0] ?? '', /^Cannot load a component from f\/a\.yaml:\d: /)
})

test('a component of other apps is left out', async () => {
  const { names, lines } = await load({
    f: { 'a.yaml': component('a', ', scopes: [till]'), 'b.yaml': component('b', ', scopes: [till, shop]') },
  })
  assert.deepEqual(names, ['b'])
  assert.deepEqual(lines, ['a skipped: its scopes do not name the app "shop" (f/a.yaml:1)'])
})

test('the namespace counts only where both sides have one', async () => {
  const files = { 'a.yaml': component('a', '', 'prod'), 'b.yaml': component('b', '', 'test'), 'c.yaml': component('c') }
  assert.deepEqual((await load({ f: files })).names, ['a', 'b', 'c'])
  const { names, lines } = await load({ f: files }, { NAMESPACE: 'prod' })
  assert.deepEqual(names, ['a', 'c'])
  assert.deepEqual(lines, ['b skipped: it belongs to the namespace "test" (f/b.yaml:1)'])
})

test('a name that is defined twice stops the start', async () => {
  await assert.rejects(load({ f: { 'a.yaml': component('x'), 'b.yaml': component('x') } }), {
    name: 'ComponentError',
    message:
      /^duplicate definition of Component name x \(conversation\.echo\/v1\) with existing x \(conversation\.echo\/v1\): .*b\.yaml:1 and .*a\.yaml:1$/,
  })
})

test('only a component that was accepted takes its name', async () => {
  const scoped = component('x', ', scopes: [till]')
  assert.deepEqual((await load({ f: { 'a.yaml': scoped, 'b.yaml': component('x') } })).names, ['x'])
  await assert.rejects(load({ f: { 'a.yaml': component('x'), 'b.yaml': scoped } }), /duplicate definition/)
})

test('a folder that does not exist stops the start', async () => {
  const report = { info: assert.fail, warn: assert.fail }
  await assert.rejects(loadManifests(['no/such/folder'], { environment: {}, appId: 'shop', report }), {
    name: 'ComponentError',
    message: 'Cannot load components from "no/such/folder": it must be a folder that can be read: it does not exist',
  })
})

test('a file that is no UTF-8 is a problem with the line, and a link to nothing is passed over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'load-test-'))
  const lines: string[] = []
  const line = (message: string) => void lines.push(message.replaceAll(`${folder}/`, ''))
  try {
    await writeFile(join(folder, 'a.yaml'), Buffer.from(`# one\n# caf\u00e9\n${component('a')}`, 'latin1'))
    await writeFile(join(folder, 'b.yaml'), `\uFEFF${component('b')}`)
    await symlink('nowhere', join(folder, '.#c.yaml'))
    const options = { environment: {}, appId: 'shop', report: { info: line, warn: line } }
    const { manifests, problems } = await loadManifests([folder], options)
    assert.deepEqual(
      manifests.map(({ name }) => name),
      ['b'],
    )
    assert.equal(problems[0]?.line, 2)
    assert.deepEqual(lines, [
      '.#c.yaml skipped: there is no file behind this name',
      'Cannot load a component from a.yaml:2: the file must be UTF-8',
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** Loads one folder again and again, each time with other files. */
async function reloading(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'load-test-'))
  t.after(() => rm(folder, { recursive: true }))
  let previous: readonly ComponentManifest[] | undefined
  return async (files: Record<string, string>) => {
    const lines: string[] = []
    const line = (message: string) => void lines.push(message.replaceAll(`${folder}/`, ''))
    for (const name of await readdir(folder)) await rm(join(folder, name))
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    const options = { environment: {}, appId: 'shop', report: { info: line, warn: line } }
    const { manifests } = await loadManifests([folder], { ...options, ...(previous && { previous }) })
    const kept = manifests.map((manifest) => `${manifest.name}${previous?.includes(manifest) ? ' as before' : ''}`)
    previous = manifests
    return { kept, lines }
  }
}

test('a document that did not change is the same manifest again, wherever in its file it stands', async (t) => {
  const load = await reloading(t)
  const uuid = component('a').replace('version: v1', 'metadata: [{name: id, value: "{uuid}"}]')
  await load({ 'x.yaml': `${uuid}\n---\n${component('b')}` })
  const { kept } = await load({
    'x.yaml': `# new\n---\n${component('c')}\n---\n${uuid}\n---\n${component('b', ', scopes: []')}`,
  })
  assert.deepEqual(kept, ['c', 'a as before', 'b'])
})

test('a broken file takes nothing away, a whole one does', async (t) => {
  const load = await reloading(t)
  const two = `${component('a')}\n---\n${component('b')}\n---\n`
  await load({ 'x.yaml': two, 'y.yaml': component('z') })
  assert.deepEqual(await load({ 'x.yaml': `${component('b')}\n---\n[`, 'y.yaml': component('z') }), {
    kept: ['b as before', 'a as before', 'z as before'],
    lines: [
      'Cannot load a component from x.yaml:3: the document must be valid YAML: Flow sequence must end with a ]',
      'a stays as it was before the change of x.yaml',
    ],
  })
  assert.deepEqual((await load({ 'x.yaml': '[', 'y.yaml': component('a') })).kept, ['b as before', 'a'])
  assert.deepEqual((await load({ 'x.yaml': component('b'), 'y.yaml': component('a') })).kept, [
    'b as before',
    'a as before',
  ])
  assert.deepEqual((await load({ 'x.yaml': '' })).kept, [])
})

test('a file that is empty for a moment is being written', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'load-test-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'a.yaml')
  const options = { environment: {}, appId: 'shop', report: { info: assert.fail, warn: assert.fail } }
  await writeFile(file, component('a'))
  const { manifests: previous } = await loadManifests([folder], options)
  await writeFile(file, '')
  const loading = loadManifests([folder], { ...options, previous })
  await new Promise((resolve) => setTimeout(resolve, 20))
  await writeFile(file, component('b'))
  assert.deepEqual(
    (await loading).manifests.map(({ name }) => name),
    ['b'],
  )
})
