import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { localFile } from './local-file.ts'

const signal = new AbortController().signal

/** What a store with this file answers to each name. */
async function read(text: string, names: readonly string[], settings: { sep?: string; multiValued?: boolean } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-secrets-'))
  try {
    const secretsFile = join(folder, 'secrets.json')
    await writeFile(secretsFile, text)
    const { sep = ':', multiValued = false } = settings
    const store = await localFile.open({ secretsFile, nestedSeparator: sep, multiValued }, { environment: {}, signal })
    const found = names.map(async (name) => {
      const values = await store.get({ name, namespace: '', signal })
      return values && Object.fromEntries(values)
    })
    return await Promise.all(found)
  } catch (error) {
    throw error instanceof Error ? new Error(error.message.replaceAll(`${folder}/`, '')) : error
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a value is a secret under the way to it, with one value under the same name', async () => {
  const text = '{"key": "k", "openai": {"key": "nested", "deep": {"er": "d"}}}'
  assert.deepEqual(await read(text, ['key', 'openai:key', 'openai:deep:er', 'openai', 'none']), [
    { key: 'k' },
    { 'openai:key': 'nested' },
    { 'openai:deep:er': 'd' },
    undefined,
    undefined,
  ])
})

test('another separator joins the keys', async () => {
  assert.deepEqual(await read('{"a": {"b": "x"}}', ['a.b', 'a:b'], { sep: '.' }), [{ 'a.b': 'x' }, undefined])
})

test('lists are flattened by their indexes', async () => {
  assert.deepEqual(await read('{"list": ["a", {"b": "c"}]}', ['list:0', 'list:1:b']), [
    { 'list:0': 'a' },
    { 'list:1:b': 'c' },
  ])
})

test('what is no text is printed plainly, and a number keeps all its digits', async () => {
  const text = '{"n": 5, "long": 12345678901234567890, "point": 1.50, "yes": true, "nothing": null}'
  assert.deepEqual(await read(text, ['n', 'long', 'point', 'yes', 'nothing']), [
    { n: '5' },
    { long: '12345678901234567890' },
    { point: '1.50' },
    { yes: 'true' },
    { nothing: '' },
  ])
})

test('with multiValued a key of the file is a secret with all its values', async () => {
  const text = '{"openai": {"key": "k", "deep": {"er": [1]}}, "plain": "p", "list": ["x"], "nothing": null}'
  assert.deepEqual(await read(text, ['openai', 'plain', 'list', 'nothing', 'openai:key'], { multiValued: true }), [
    { key: 'k', 'deep:er:0': '1' },
    { plain: 'p' },
    undefined,
    undefined,
    undefined,
  ])
})

test('names that every object has are no secrets, and __proto__ is one like any other', async () => {
  assert.deepEqual(await read('{"__proto__": {"x": "y"}}', ['constructor', '__proto__:x']), [
    undefined,
    { '__proto__:x': 'y' },
  ])
})

test('a byte order mark does no harm', async () => {
  assert.deepEqual(await read('\uFEFF{"a": "b"}', ['a']), [{ a: 'b' }])
})

const wrong: Record<string, [text: string, message: string | RegExp]> = {
  'a secret that is not quoted': ['{"key": sk-secret}', 'the secrets file "secrets.json" must hold valid JSON'],
  'a comma that is missing': [
    '{"key": "sk-secret"\n "b": 1}',
    'the secrets file "secrets.json" must hold valid JSON (line 2 column 2)',
  ],
  'a list': ['["sk-secret"]', 'the secrets file "secrets.json" must hold a JSON object'],
  'a text': ['"sk-secret"', 'the secrets file "secrets.json" must hold a JSON object'],
  'nothing at all': ['', /^the secrets file "secrets\.json" must hold valid JSON/],
  'a name with two values': [
    '{"a:b": "sk-secret", "a": {"b": "x"}}',
    'the secrets file must hold each secret once: "a:b" can be read in two ways',
  ],
}
for (const [name, [text, message]] of Object.entries(wrong)) {
  test(`${name} is refused, and the message holds nothing of the file`, async () => {
    await assert.rejects(read(text, []), { message })
    await assert.rejects(read(text, []), (error: Error) => !error.message.includes('sk-'))
  })
}

test('a file is needed, and must be there', async () => {
  const open = (secretsFile: string | undefined) =>
    localFile.open({ secretsFile, nestedSeparator: ':', multiValued: false }, { environment: {}, signal })
  await assert.rejects(open(undefined), {
    message: 'missing local secrets file in metadata: "secretsFile" must be set: current value is empty',
  })
  await assert.rejects(open('no/such/file.json'), {
    message: /^the secrets file "no\/such\/file\.json" must be a file that can be read: ENOENT/,
  })
})
