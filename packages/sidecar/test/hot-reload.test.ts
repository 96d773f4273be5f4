// biome-ignore-all lint/suspicious/noTemplateCurlyInString: component files write variables this way
/** Files that change under a running sidecar: every surface shows the new state, and no stream breaks. */
import assert from 'node:assert/strict'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  chunk,
  finish,
  readText,
  type Script,
  type ScriptedAnswer,
  scriptedProvider,
  send,
  textAnswer,
} from '../testing/index.ts'
import { ask, eventually, readUntil } from './conversation.ts'
import { startOnFolder } from './sidecar-on-folder.ts'

const timeout = 60_000

function componentFile(name: string, type: string, metadata: Readonly<Record<string, string>>): string {
  const entries = Object.entries(metadata).map(([key, value]) => `    - name: ${key}\n      value: "${value}"\n`)
  return `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: ${name}
spec:
  type: ${type}
  version: v1
  metadata:
${entries.join('')}`
}

const gptFile = (endpoint: string, more: Readonly<Record<string, string>> = {}) =>
  componentFile('gpt', 'conversation.openai', { key: 'sk-of-the-test', model: 'one', endpoint, ...more })
const echoFile = (name: string) => componentFile(name, 'conversation.echo', { delay: '0s' })

const readyNames = async (http: string) => {
  const { text } = await send(http, '/v1.0/metadata')
  return (JSON.parse(text).components as { name: string }[]).map(({ name }) => name).sort()
}
const modelNames = async (http: string) => {
  const { text } = await send(http, '/v1/models')
  return (JSON.parse(text).data as { id: string }[]).map(({ id }) => id).sort()
}

/** A provider whose answers say which model was asked. */
const sayModel: Script = ({ body }) => ({ body: textAnswer(`I am ${(body as { model: string }).model}`).join('') })

/** Says a token, waits, and says the rest. */
const inTwoParts = (goOn: Promise<void>): ScriptedAnswer => ({
  body: (async function* () {
    yield chunk({ content: 'old begins' })
    await goOn
    yield chunk({ content: ', old ends' })
    yield finish('stop')
    yield 'data: [DONE]\n\n'
  })(),
})

for (const question of ['a stream of Dapr', 'a stream of OpenAI'] as const) {
  test(`${question} goes on while its component is swapped, and the next one comes from the new one`, {
    timeout,
  }, async () => {
    const { promise: goOn, resolve: release } = Promise.withResolvers<void>()
    await using old = await scriptedProvider(() => inTwoParts(goOn))
    await using new_ = await scriptedProvider(() => ({ body: textAnswer('new').join('') }))
    await using sidecar = await startOnFolder({ 'gpt.yaml': gptFile(old.url) })
    const first = await ask(sidecar.http, question)
    let text = await readUntil(first, 'old begins')
    await sidecar.write('gpt.yaml', gptFile(new_.url))
    assert.equal(await sidecar.said(/reloaded/), 'Component "gpt" was reloaded from ./gpt.yaml')
    const second = await readText(await ask(sidecar.http, question))
    assert.match(second, /"new".*\[DONE\]/s)
    release()
    text += await readText(first)
    assert.match(text, /old begins.*, old ends.*\[DONE\]/s)
    assert.deepEqual([old.requests.length, new_.requests.length], [1, 1])
    // The old one is closed once nobody uses it any more.
    await old.connectionClosed()
    assert.equal(await sidecar.end(), 0)
  })
}

test('a broken file keeps the component, says where it is broken, and the repaired one takes', {
  timeout,
}, async () => {
  await using upstream = await scriptedProvider(sayModel)
  await using sidecar = await startOnFolder({ 'gpt.yaml': gptFile(upstream.url) })
  const answer = async () => readText(await ask(sidecar.http, 'an answer of OpenAI'))
  for (const [broken, line] of [
    [
      `${gptFile(upstream.url)}  - [`,
      /^Cannot load a component from \.\/gpt\.yaml:15: the document must be valid YAML: /,
    ],
    [
      gptFile(upstream.url, { idleTimeout: 'soon' }),
      / from \.\/gpt\.yaml:16: metadata "idleTimeout" must be a duration .* "soon"$/,
    ],
    [gptFile(upstream.url).replace('openai', 'opnai'), /did you mean conversation\.openai\? \(\.\/gpt\.yaml:6\)$/],
    [
      gptFile(upstream.url, { organization: '${UNSET}', model: '${UNSET}' }),
      /^gpt skipped: UNSET is not set \(\.\/gpt\.yaml:\d+\)$/,
    ],
  ] as const) {
    const from = sidecar.lines.length
    await sidecar.write('gpt.yaml', broken)
    await sidecar.said(line)
    await eventually(() => sidecar.lines.slice(from).includes('gpt stays as it was before the change of ./gpt.yaml'))
    assert.match(await answer(), /I am one/)
    await sidecar.write('gpt.yaml', gptFile(upstream.url, { temperature: String(from) }))
    await eventually(() => sidecar.lines.slice(from).includes('Component "gpt" was reloaded from ./gpt.yaml'))
  }
  await sidecar.write('gpt.yaml', gptFile(upstream.url, { model: 'two' }))
  await eventually(async () => (await answer()).includes('I am two'))
})

test('components come and go with their files, and the others are left alone', { timeout }, async () => {
  await using upstream = await scriptedProvider(sayModel)
  await using sidecar = await startOnFolder({ 'gpt.yaml': gptFile(upstream.url, { responseCacheTTL: '1h' }) })
  const answer = async () => readText(await ask(sidecar.http, 'an answer of Dapr'))
  await answer()
  await sidecar.write('a.yml', `${echoFile('a')}---\n${echoFile('b')}`)
  assert.equal(await sidecar.said(/"b"/), 'Component "b" was added from ./a.yml')
  assert.deepEqual(await readyNames(sidecar.http), ['a', 'b', 'gpt'])
  assert.deepEqual(await modelNames(sidecar.http), ['a', 'b', 'gpt'])
  await sidecar.write('a.yml', echoFile('b'))
  assert.equal(await sidecar.said(/removed/), 'Component "a" was removed with ./a.yml')
  assert.deepEqual(await readyNames(sidecar.http), ['b', 'gpt'])
  await rename(join(sidecar.folder, 'a.yml'), join(sidecar.folder, 'z.yaml'))
  await rm(join(sidecar.folder, 'gpt.yaml'))
  await sidecar.said(/"gpt" was removed with \.\/gpt\.yaml/)
  assert.deepEqual(await modelNames(sidecar.http), ['b'])
  await sidecar.write('c.yaml', componentFile('c', 'conversation.openai', { key: '${UNSET}' }))
  assert.equal(await sidecar.said(/"c"/), 'Component "c" was added from ./c.yaml, and is skipped')
  const body = JSON.stringify({ inputs: [{ messages: [{ ofUser: { content: [{ text: 'x' }] } }] }] })
  const gone = await send(sidecar.http, '/v1.0-alpha2/conversation/gpt/converse', { body })
  assert.deepEqual([gone.status, JSON.parse(gone.text).errorCode], [400, 'ERR_CONVERSATION_NOT_FOUND'])
  assert.equal(upstream.requests.length, 1)
})

test('what did not change keeps its cache while its neighbours are reloaded', { timeout }, async () => {
  await using upstream = await scriptedProvider(sayModel)
  const gpt = gptFile(upstream.url, { responseCacheTTL: '1h' })
  await using sidecar = await startOnFolder({ 'all.yaml': `${echoFile('a')}---\n${gpt}` })
  const answer = async () => readText(await ask(sidecar.http, 'an answer of Dapr'))
  const first = await answer()
  await sidecar.write('all.yaml', `# ours\n${echoFile('a').replace('0s', '1ms')}---\n${gpt}`)
  await sidecar.said(/"a" was reloaded/)
  assert.equal(await answer(), first)
  assert.equal(upstream.requests.length, 1)
  assert.ok(!sidecar.lines.some((line) => line.includes('gpt')))
})

test('a file that takes the place of another, and a volume that Kubernetes swaps, are noticed', {
  timeout,
}, async () => {
  await using upstream = await scriptedProvider(sayModel)
  await using sidecar = await startOnFolder({ 'gpt.yaml': gptFile(upstream.url) })
  const answer = async () => readText(await ask(sidecar.http, 'an answer of OpenAI'))
  const path = (name: string) => join(sidecar.folder, name)
  await sidecar.write('.gpt.yaml.tmp', gptFile(upstream.url, { model: 'renamed' }))
  await rename(path('.gpt.yaml.tmp'), path('gpt.yaml'))
  await eventually(async () => (await answer()).includes('I am renamed'))
  await rm(path('gpt.yaml'))
  for (const [index, model] of ['first', 'second', 'third'].entries()) {
    await mkdir(path(`..${index}`))
    await writeFile(path(`..${index}/gpt.yaml`), gptFile(upstream.url, { model }))
    await symlink(`..${index}`, path('..tmp'))
    await rename(path('..tmp'), path('..data'))
    if (index === 0) await symlink('..data/gpt.yaml', path('gpt.yaml'))
    else await rm(path(`..${index - 1}`), { recursive: true })
    await eventually(async () => (await answer()).includes(`I am ${model}`))
  }
})

test('a name that is defined twice changes nothing, until it is defined once', { timeout }, async () => {
  await using sidecar = await startOnFolder({ 'a.yaml': echoFile('a') })
  await sidecar.write('b.yaml', `${echoFile('a')}---\n${echoFile('b')}`)
  assert.match(
    await sidecar.said(/duplicate/),
    /^Cannot reload the components, and all stay as they were: duplicate definition of Component name a .*: \.\/b\.yaml:4 and \.\/a\.yaml:4$/,
  )
  assert.deepEqual(await readyNames(sidecar.http), ['a'])
  await rm(join(sidecar.folder, 'a.yaml'))
  await sidecar.said(/"b" was added/)
  assert.deepEqual(await readyNames(sidecar.http), ['a', 'b'])
})

test('the last state is the right one after two hundred writes, with few reloads', { timeout }, async () => {
  await using upstream = await scriptedProvider(sayModel)
  await using sidecar = await startOnFolder({ 'gpt.yaml': gptFile(upstream.url) })
  await sidecar.write('probe.yaml', echoFile('probe'))
  await sidecar.said(/"probe" was added/)
  for (let count = 1; count <= 200; count++)
    await sidecar.write('gpt.yaml', gptFile(upstream.url, { model: `m${count}` }))
  await eventually(async () => (await readText(await ask(sidecar.http, 'an answer of OpenAI'))).includes('I am m200'))
  assert.equal(await sidecar.end(), 0)
  const reloads = sidecar.lines.filter((line) => line.startsWith('Component "gpt" was reloaded')).length
  assert.ok(reloads >= 1 && reloads <= 20, `${reloads} reloads`)
  // Each write empties the file for a moment.
  assert.ok(!sidecar.lines.some((line) => line.includes('"gpt" was removed')))
})

const policies = (retries: number, trip = 'consecutiveFailures > 1') => `apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata:
  name: mine
spec:
  policies:
    retries: { r: { policy: constant, duration: 1ms, maxRetries: ${retries} } }
    circuitBreakers: { cb: { timeout: 1h, trip: "${trip}" } }
  targets:
    components: { gpt: { outbound: { retry: r, circuitBreaker: cb } } }
`

test('policies are taken up, a broken file of theirs is not, and a breaker that is open stays open', {
  timeout,
}, async () => {
  let wellAfter = 3
  await using upstream = await scriptedProvider(({ index }) =>
    index < wellAfter ? { status: 500, body: '{}' } : { body: textAnswer('well again').join('') },
  )
  await using sidecar = await startOnFolder({ 'gpt.yaml': gptFile(upstream.url) })
  const status = async () => (await ask(sidecar.http, 'an answer of OpenAI')).resume().statusCode
  assert.notEqual(await status(), 200)
  await sidecar.write('policies.yaml', policies(5, 'consecutiveFailures > 9'))
  await sidecar.said(/^Resiliency "mine" was added from \.\/policies\.yaml$/)
  assert.equal(await status(), 200)
  assert.equal(upstream.requests.length, 4)

  wellAfter = Number.POSITIVE_INFINITY
  const breaker = async () =>
    JSON.parse((await send(sidecar.http, '/v1.0/metadata')).text).extended['circuitBreaker.gpt']
  await sidecar.write('policies.yaml', policies(0))
  await sidecar.said(/^Resiliency "mine" was reloaded/)
  await status()
  await status()
  assert.equal(await breaker(), 'open')
  await sidecar.write('policies.yaml', policies(0, 'nonsense'))
  await sidecar.said(/^Cannot load circuit breaker "cb" from \.\/policies\.yaml:8: /)
  await sidecar.said(/^mine stays as it was before the change of \.\/policies\.yaml$/)
  assert.equal(await breaker(), 'open')
  await sidecar.write('policies.yaml', policies(2))
  await eventually(() => sidecar.lines.filter((line) => line.startsWith('Resiliency "mine" was reloaded')).length === 2)
  assert.equal(await breaker(), 'open')
  const { text } = await send(sidecar.metrics, '/metrics')
  assert.match(text, /^dapr_resiliency_cb_state\{.*name="mine".*target="Conversation_gpt",status="open"\} 1$/m)
  assert.match(text, /^dapr_resiliency_loaded\{.*name="mine"\} 3$/m)
  await rm(join(sidecar.folder, 'policies.yaml'))
  await sidecar.said(/^Resiliency "mine" was removed with/)
  assert.equal(await breaker(), undefined)
  assert.doesNotMatch((await send(sidecar.metrics, '/metrics')).text, /^dapr_resiliency_cb_state\{/m)
})

test('secrets and denied types are looked at as at the start', { timeout }, async () => {
  await using upstream = await scriptedProvider(sayModel)
  const deny = `apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\nspec: {components: {deny: [conversation.mistral]}}\n`
  await using sidecar = await startOnFolder(
    { '../config.yaml': deny },
    { environment: { THE_KEY: 'sk-from-the-store' }, configurationFiles: ['config.yaml'] },
  )
  const store = componentFile('vault', 'secretstores.local.env', {}).replace('  metadata:\n', '')
  const gpt = gptFile(upstream.url).replace('value: "sk-of-the-test"', 'secretKeyRef: {name: THE_KEY}')
  await sidecar.write('gpt.yaml', `${gpt}auth: {secretStore: vault}\n`)
  await sidecar.said(/^gpt skipped: its secret store "vault" is not loaded/)
  await sidecar.write('vault.yaml', store)
  await sidecar.said(/^Secret store "vault" was added/)
  await eventually(async () => (await readyNames(sidecar.http)).join() === 'gpt,vault')
  await readText(await ask(sidecar.http, 'an answer of OpenAI'))
  assert.equal(upstream.requests[0]?.headers.authorization, 'Bearer sk-from-the-store')
  await sidecar.write('other.yaml', echoFile('other').replace('spec:', 'scopes: [somebody]\nspec:'))
  await sidecar.said(/^other skipped: its scopes do not name the app/)
  await sidecar.write('mistral.yaml', componentFile('m', 'conversation.mistral', { key: 'k' }))
  await sidecar.said(/^m skipped: the Configuration denies components of the type "conversation\.mistral"$/)
  assert.deepEqual(await readyNames(sidecar.http), ['gpt', 'vault'])
  assert.ok(!sidecar.lines.join('\n').includes('sk-from-the-store'))
})

test('nothing is watched where hot reload is off, by the setting or by the Configuration', { timeout }, async () => {
  await using sidecar = await startOnFolder({ 'a.yaml': echoFile('a') }, { hotReload: false, hotReloadReconcileMs: 20 })
  await sidecar.write('b.yaml', echoFile('b'))
  await new Promise((resolve) => setTimeout(resolve, 600))
  assert.deepEqual(await readyNames(sidecar.http), ['a'])
  assert.equal(await sidecar.end(), 0)
})

test('a folder that is taken away and made again is found when the folders are read again', { timeout }, async () => {
  await using sidecar = await startOnFolder({ 'a.yaml': echoFile('a') }, { hotReloadReconcileMs: 200 })
  await rm(sidecar.folder, { recursive: true })
  await sidecar.said(/^Cannot reload the components, and all stay as they were: .* it does not exist$/)
  assert.deepEqual(await readyNames(sidecar.http), ['a'])
  await mkdir(sidecar.folder)
  await sidecar.write('b.yaml', echoFile('b'))
  await sidecar.said(/"a" was removed/)
  assert.deepEqual(await readyNames(sidecar.http), ['b'])
  await sidecar.write('c.yaml', echoFile('c'))
  await sidecar.said(/"c" was added/)
  assert.equal(await sidecar.end(), 0)
})
