/** Keys from secret stores, from the files to the wire, and what is said, and what is not, when something fails. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { post, scriptedProvider, send, startSidecar, textAnswer } from '../testing/index.ts'

const secret = 'sk-of-the-secret-store-0123456789'

/** A folder with a store, and a component that takes its key and its endpoint from it. */
async function resourcesWith(secrets: unknown, { endpoint = 'endpoint', key = 'openai:key' } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-secrets-'))
  await writeFile(join(folder, 'secrets.json'), JSON.stringify(secrets))
  const files = {
    'a-chat.yaml': `
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: gpt}
spec:
  type: conversation.openai
  version: v1
  metadata:
    - {name: model, value: scripted}
    - {name: key, secretKeyRef: {name: "${key}"}}
    - {name: endpoint, secretKeyRef: {name: "${endpoint}", key: "${endpoint}"}}
auth: {secretStore: local}
`,
    'b-store.yaml': `
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: local}
spec:
  type: secretstores.local.file
  version: v1
  metadata: [{name: secretsFile, value: ${JSON.stringify(join(folder, 'secrets.json'))}}]
`,
  }
  return { folder, files, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

/** The conversation that asks the component `gpt`. */
const question = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'Hello?' }] } }] }] }
const path = '/v1.0-alpha2/conversation/gpt/converse'

test('a component asks with the key of a secret store, and the store is listed as in daprd', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using resources = await resourcesWith({ openai: { key: secret }, endpoint: upstream.url })
  await using running = await startSidecar([], {}, resources.files)
  assert.equal((await post(running.http, path, question)).status, 200)
  assert.equal(upstream.requests[0]?.headers.authorization, `Bearer ${secret}`)
  const states = running.sidecar.components.map(({ name, state }) => `${name} ${state}`)
  assert.deepEqual(states, ['local ready', 'gpt ready'])
  const metadata = (await send(running.http, '/v1.0/metadata')).text
  assert.deepEqual(
    JSON.parse(metadata).components.map(({ name, type }: { name: string; type: string }) => [name, type]),
    [
      ['local', 'secretstores.local.file'],
      ['gpt', 'conversation.openai'],
    ],
  )
  assert.ok(!metadata.includes(secret) && !metadata.includes(upstream.url))
  const { text } = await post(running.http, path.replace('gpt', 'local'), question)
  assert.match(text, /ERR_CONVERSATION_NOT_FOUND/)
})

test('a vendor that quotes the key, or the address, tells callers neither', async () => {
  await using upstream = await scriptedProvider(({ headers }) => ({
    status: 401,
    body: JSON.stringify({ error: { message: `${headers.authorization} is not for http://${headers.host}/v1` } }),
  }))
  await using resources = await resourcesWith({ openai: { key: secret }, endpoint: upstream.url })
  await using running = await startSidecar([], {}, resources.files)
  const { status, text } = await post(running.http, path, question)
  assert.ok(status >= 400)
  assert.match(text, /Bearer \*\*\* is not for \*\*\*/)
})

/** Starts a sidecar in a process of its own and gives back all it says. */
async function said(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-resources-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    const program = `
      import { createSidecar } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)}
      const sidecar = await createSidecar({ resourcesPaths: [process.argv[1]], logLevel: 'debug' }).catch(console.error)
      await sidecar?.close()`
    const flags = ['--input-type=module', '--eval', program, folder]
    const { stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' })
    return stdout + stderr
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a secret that is not found and the setting that lacks it are both said', async () => {
  await using resources = await resourcesWith({ endpoint: 'http://127.0.0.1:1/v1' })
  const text = await said(resources.files)
  assert.match(text, /gpt: secretKeyRef of metadata "key" \(store "local"\) must name a secret that the store has/)
  assert.match(text, /a-chat\.yaml:10: metadata "key" must be set: current value is empty/)
})

test('a component that cannot be created says nothing of its secrets, not even those in plain settings', async () => {
  await using resources = await resourcesWith({ openai: { key: secret }, endpoint: `no address ${secret}` })
  const text = await said(resources.files)
  assert.match(text, /\[INIT_COMPONENT_FAILURE\]: initialization error occurred for gpt/)
  assert.match(text, /\*\*\*/)
  assert.ok(!text.includes(secret), text)
})
