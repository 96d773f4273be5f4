import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { fillFolder } from './filled-folder.ts'

/** Fills a folder of the given files; paths are cut off. */
async function fill(files: Record<string, string>, environment: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'filled-folder-test-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    const filled = await fillFolder(folder, { environment, appId: 'shop' })
    return JSON.parse(JSON.stringify(filled).replaceAll(`${folder}/`, '')) as typeof filled
  } finally {
    await rm(folder, { recursive: true })
  }
}

function openai(metadata: string): string {
  return `apiVersion: dapr.io/v1alpha1 # \${NOT_HERE}\nkind: Component\nmetadata: {name: gpt}\nspec:\n  type: conversation.openai\n  version: v1\n  metadata:\n${metadata}`
}

function valuesIn(text: string | undefined): unknown[] {
  return (parse(text ?? '') as { spec: { metadata: { value: unknown }[] } }).spec.metadata.map(({ value }) => value)
}

test('values are filled in where they stand, and nothing else changes', async () => {
  const { files } = await fill(
    {
      'a.yaml': openai(
        [
          `  - {name: key, value: "\${K}"} # \${K}`,
          `  - {name: a, value: '\${K}'}`,
          '  - name: b',
          '    value: |',
          `      x \${K}`,
          '  - name: c',
          `    value: $\${K}`,
          `  - {name: d, value: "\${NONE:-fall}back"}`,
          `  - {name: e, value: {inner: ["\${K}", 1]}}`,
          '  - {name: f, value: "{appID}"}',
          '  - {name: g, value: 010}',
          '',
        ].join('\n'),
      ),
    },
    { K: 'a"b: c' },
  )
  const [file] = files
  const [key, a, b, c, d, e, f] = valuesIn(file?.text)
  assert.deepEqual([key, a, b, c], ['a"b: c', 'a"b: c', 'x a"b: c\n', `\${K}`])
  assert.deepEqual([d, e, f], ['fallback', { inner: ['a"b: c', 1] }, 'shop'])
  assert.match(file?.text ?? '', /# \$\{NOT_HERE\}\n/)
  assert.match(file?.text ?? '', /# \$\{K\}\n/)
  assert.match(file?.text ?? '', /value: 010\}/)
  assert.deepEqual(file?.components, [{ name: 'gpt', type: 'conversation.openai' }])
})

test('every value comes out of the file as it was in the environment', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (value) => {
      const { files } = await fill({ 'a.yaml': openai(`  - {name: key, value: "\${K}"}\n`) }, { K: value })
      assert.deepEqual(valuesIn(files[0]?.text), [value])
    }),
    { numRuns: 30 },
  )
  const [file] = (await fill({ 'a.yaml': openai(`  - {name: key, value: "\${K}"}\n`) }, { K: 'a\u2028b\u0085c\u007f' }))
    .files
  assert.match(file?.text ?? '', /"a\\u2028b\\u0085c\\u007f"/)
})

test('what an alias refers to is filled in once, and a merged value is refused', async () => {
  const anchor = `  - {name: key, value: &k "\${K}"}\n  - {name: organization, value: *k}\n`
  const { files } = await fill({ 'a.yaml': openai(anchor) }, { K: 'secret' })
  assert.deepEqual(valuesIn(files[0]?.text), ['secret', 'secret'])
  const merged = `  - {name: key, <<: {value: "\${K}"}}\n`
  await assert.rejects(fill({ 'a.yaml': openai(merged) }, { K: 'secret' }), /metadata "key" of .*must be written out/)
})

test('what is missing is told, with whether the component needs it', async () => {
  const { files } = await fill({
    'a.yaml': openai(`  - {name: apiKey, value: "\${K}"}\n  - {name: model, value: "\${M}"}\n`),
    'b.yaml': openai('  - {name: key, envRef: K}\n  - {name: model, envRef: M}\n').replace('gpt', 'second'),
  })
  assert.deepEqual(
    files.flatMap(({ missing }) => missing),
    [
      { variable: 'K', component: 'gpt', entry: 'apiKey', file: 'a.yaml', line: 8, required: true },
      { variable: 'M', component: 'gpt', entry: 'model', file: 'a.yaml', line: 9, required: false },
      { variable: 'K', component: 'second', entry: 'key', file: 'b.yaml', line: 8, required: true },
    ],
  )
})

test('secrets are what is declared as such, and every value of an unknown type', async () => {
  const { files } = await fill(
    {
      'a.yaml': openai(`  - {name: key, value: "\${K}"}\n  - {name: model, value: gpt}\n`),
      'b.yml': openai('  - {name: password, value: open}\n').replace('conversation.openai', 'state.redis'),
    },
    { K: 'canary' },
  )
  assert.deepEqual(
    files.map(({ secrets }) => secrets),
    [['canary'], ['open']],
  )
})

test('other documents stay as they are, and broken ones are told', async () => {
  const resiliency = `apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: r}\nspec: {x: "\${K}"}\n`
  const component = openai(`  - {name: key, value: "\${K}"}\n`)
  const text = `${resiliency}---\n${component}---\nkind: [\n`
  const { files, disabled, others } = await fill({ 'a.yaml': text, 'b.yaml.disabled': '', 'c.txt': '' }, { K: 'v' })
  const [file] = files
  assert.ok(file?.text.startsWith(resiliency))
  assert.ok(file?.text.endsWith('---\nkind: [\n'))
  assert.deepEqual(file?.otherKinds, ['Resiliency'])
  assert.match(file?.problems.join() ?? '', /Cannot load a component from a\.yaml:\d+/)
  assert.deepEqual([disabled, others], [['b.yaml.disabled'], ['c.txt']])
})
