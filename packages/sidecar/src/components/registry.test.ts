// biome-ignore-all lint/suspicious/noTemplateCurlyInString: component files write variables this way
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError, collect } from '@dapr-chat/protocol'
import { type AnyProviderDefinition, defineProvider } from '../providers/provider.ts'
import type { Creation } from './component.ts'
import { ComponentError } from './component-error.ts'
import { parseManifests } from './manifest.ts'
import { ComponentRegistry } from './registry.ts'

const component = (name: string, type = 'conversation.echo', spec = '', rest = '') => `---
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ${name}}
spec:
  type: ${type}
  version: v1
  ${spec}
${rest}`

interface Given {
  readonly fails?: boolean
  readonly environment?: Readonly<Record<string, string>>
  readonly providers?: readonly AnyProviderDefinition[]
  readonly callsEnded?: () => Promise<void>
}

/** A registry of the documents in a text, the lines it reported and what it assembled. */
async function create(text: string, given: Given = {}) {
  const { fails = false, environment = {}, providers = [], callsEnded = async () => {} } = given
  const lines: string[] = []
  const assembled: Creation[] = []
  const parse = (source: string) => {
    const { manifests, problems } = parseManifests(source, 'c.yaml', { environment, appId: 'shop' })
    assert.deepEqual(problems, [])
    return manifests
  }
  const manifests = parse(text)
  const registry = await ComponentRegistry.create(manifests, {
    assemble: (creation) => {
      if (fails) throw new RangeError('the stars are wrong')
      assembled.push(creation)
      return creation.provider.converse
    },
    environment,
    report: { info: (line) => void lines.push(line), warn: (line) => void lines.push(line) },
    providers,
    callsEnded,
  })
  return { registry, lines, assembled, manifests, parse }
}

const states = (registry: ComponentRegistry) => registry.list().map(({ name, state, reason }) => [name, state, reason])

test('a component is created, wrapped and found by its name', async () => {
  const { registry, lines, assembled } = await create(
    component('e', 'Conversation.Echo', 'metadata: [{name: delay, value: 1ms}]'),
  )
  const found = registry.get('e')
  assert.equal(found.type, 'Conversation.Echo')
  assert.equal(assembled[0]?.definition.type, 'conversation.echo')
  assert.equal(assembled[0]?.settings.delay, 1)
  const answer = await collect(
    found.converse({
      component: 'e',
      request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'hello there' }] }] },
      caller: { id: 'test' },
      signal: new AbortController().signal,
    }),
  )
  assert.equal(answer.choices[0]?.text, 'hello there')
  assert.deepEqual(lines, [])
  await registry.close()
})

test('an unknown name is refused with the names that there are', async () => {
  const { registry } = await create(component('b') + component('a'))
  assert.throws(
    () => registry.get('c'),
    (error) => {
      assert.ok(error instanceof ConversationError)
      assert.equal(error.code, 'component_not_found')
      assert.equal(error.component, 'c')
      assert.equal(error.message, 'no conversation component is named "c"; the components are: b, a')
      return true
    },
  )
})

test('a component that waits for a variable is skipped with one line, and callers are told', async () => {
  const wanting = component('slow', 'conversation.echo', 'metadata: [{name: delay, value: "${PAUSE}"}]')
  const { registry, lines } = await create(wanting)
  assert.deepEqual(lines, ['slow skipped: PAUSE is not set (c.yaml:8)'])
  assert.deepEqual(states(registry), [['slow', 'skipped', 'PAUSE is not set']])
  assert.throws(() => registry.get('slow'), {
    message: 'the conversation component is not ready: PAUSE is not set; no component is ready',
  })
})

test('a key under the name of the original file is asked for, and never shown', async () => {
  const key = 'metadata:\n  - name: apiKey\n    value: "${OPENAI_API_KEY}"'
  const text = component('openai', 'conversation.openai', key).replace('---\n', '')
  assert.deepEqual((await create(text)).lines, ['openai skipped: OPENAI_API_KEY is not set (c.yaml:9)'])
  const { registry, lines } = await create(text, { environment: { OPENAI_API_KEY: 'sk-secret' } })
  assert.equal(registry.get('openai').provider.model, 'gpt-5-nano')
  assert.deepEqual(lines, ['openai: metadata "apiKey" is taken as "key"; daprd itself knows only "key" (c.yaml:9)'])
  await registry.close()
})

test('a required key that is empty stops the start', async () => {
  await assert.rejects(create(component('gpt', 'conversation.openai', 'metadata: [{name: key, value: ""}]')), {
    message:
      '[INIT_COMPONENT_FAILURE]: initialization error occurred for gpt (conversation.openai/v1): Cannot load component "gpt" from c.yaml:8: metadata "key" must be set: current value is empty',
  })
})

test('components of other building blocks and those that wait for a secret store are skipped', async () => {
  const secret = 'metadata: [{name: delay, secretKeyRef: {name: s}}]'
  const { lines } = await create(
    component('store', 'state.redis') + component('e', 'conversation.echo', secret, 'auth: {secretStore: vault}\n'),
  )
  assert.deepEqual(lines, [
    'store skipped: state.redis is not a conversation (c.yaml:6)',
    'e skipped: its secret store "vault" is not loaded (c.yaml:12)',
  ])
})

test('a name that looks misspelt is reported, and so is what the manifest warns of', async () => {
  const { registry, lines } = await create(
    component('e', 'conversation.echo', 'metadata: [{name: dealy, value: 1s}, {name: delay, secretKeyRef: {name: s}}]'),
  )
  assert.equal(registry.get('e').state, 'ready')
  assert.match(lines.join('\n'), /^e: secretKeyRef of metadata "delay" .*\ne: metadata "dealy" .* mean "delay"/)
})

test('all that cannot be created is said at once', async () => {
  const text = [
    component('a', 'conversation.eco'),
    component('b', 'conversation.foobar'),
    component('c', 'conversations.echo'),
    component('d', 'conversation.echo', 'metadata: [{name: delay, value: soon}]'),
    component('e', 'conversation.echo', 'metadata: [{name: delay, value: 5h}]'),
    component('f').replace('v1\n', 'v2\n').replace('dapr.io/v2', 'dapr.io/v1alpha1'),
  ].join('')
  const error = await create(text).catch((thrown) => thrown)
  assert.ok(error instanceof ComponentError)
  const [a, b, c, d, e, f, ...others] = error.message.split('\n')
  assert.deepEqual(others, [])
  const wrapped = (name: string, type: string) => `initialization error occurred for ${name} (${type}/v1)`
  assert.equal(
    a,
    `[CREATE_COMPONENT_FAILURE]: ${wrapped('a', 'conversation.eco')}: couldn't find conversation conversation.eco/v1: did you mean conversation.echo? (c.yaml:6)`,
  )
  assert.match(
    b ?? '',
    /: couldn't find conversation conversation\.foobar\/v1: the types are: conversation\.echo.* \(c\.yaml:\d+\)$/,
  )
  assert.match(c ?? '', /^incorrect type conversations\.echo \(c\.yaml:\d+\)$/)
  assert.equal(
    d,
    `[INIT_COMPONENT_FAILURE]: ${wrapped('d', 'conversation.echo')}: Cannot load component "d" from c.yaml:32: metadata "delay" must be a duration such as 500ms, 10s or 1h30m: current value is "soon"`,
  )
  assert.equal(
    e,
    `[INIT_COMPONENT_FAILURE]: ${wrapped('e', 'conversation.echo')}: metadata "delay" must be from 0s to 1h: current value is 18000s (c.yaml:36)`,
  )
  assert.match(f ?? '', /couldn't find conversation conversation\.echo\/v2: did you mean conversation\.echo\/v1\?/)
})

test('a component that ignores errors fails alone', async () => {
  const broken = component('a', 'conversation.echo', 'ignoreErrors: true\n  metadata: [{name: delay, value: soon}]')
  const { registry, lines } = await create(broken + component('b'))
  assert.deepEqual(
    registry.list().map(({ name, state }) => [name, state]),
    [
      ['a', 'failed'],
      ['b', 'ready'],
    ],
  )
  assert.match(lines.join('\n'), /^a failed, and its errors are ignored: \[INIT_COMPONENT_FAILURE\]/)
  assert.throws(() => registry.get('a'), { message: 'no conversation component is named "a"; the components are: b' })
})

test('a failure of assembling is an init failure too', async () => {
  await assert.rejects(create(component('e'), { fails: true }), {
    message:
      '[INIT_COMPONENT_FAILURE]: initialization error occurred for e (conversation.echo/v1): the stars are wrong (c.yaml:4)',
  })
})

test('close closes every provider, and one that fails is reported', async () => {
  const { registry, lines, assembled } = await create(component('a') + component('b'))
  const closed: string[] = []
  for (const { provider, manifest } of assembled) {
    provider.close = async () => {
      closed.push(manifest.name)
      if (manifest.name === 'a') throw new Error('the socket is stuck')
    }
  }
  await registry.close()
  assert.deepEqual(closed, ['a', 'b'])
  assert.deepEqual(lines, ['a did not close: the socket is stuck'])
})

const custom = (type: string, model: string) =>
  defineProvider({
    type,
    description: 'Says nothing.',
    settings: { key: { type: 'string', required: true, sensitive: true, description: 'A key.' } },
    create: ({ key }) => ({ model: `${model} ${key.length}`, converse: async function* () {}, close: async () => {} }),
  })

test('a kind of component that a program brings along is found, its settings are read, and it wins over ours', async () => {
  const key = 'metadata: [{name: KEY, value: abc}]'
  const { registry } = await create(
    component('a', 'Conversation.Mine', key) + component('b', 'conversation.echo', key),
    { providers: [custom('conversation.mine', 'mine'), custom('conversation.echo', 'not echo')] },
  )
  assert.equal(registry.get('a').provider.model, 'mine 3')
  assert.equal(registry.get('b').provider.model, 'not echo 3')
})

test('a kind of component that a program brings along is among those that are suggested', async () => {
  const providers = [custom('conversation.oracle', '')]
  await assert.rejects(
    create(component('a', 'conversation.orakle'), { providers }),
    /did you mean conversation.oracle\?/,
  )
})

test('what a component was taken out for is in place at once, and it closes when the calls that may use it are over', async () => {
  const over = Promise.withResolvers<void>()
  const { registry, assembled, parse, manifests } = await create(component('a') + component('b') + component('c'), {
    callsEnded: () => over.promise,
  })
  const [a, b] = [registry.get('a'), registry.get('b')]
  const closed: string[] = []
  for (const { provider, manifest } of assembled) provider.close = async () => void closed.push(manifest.name)
  const [changed, added] = parse(component('b', 'conversation.echo', 'metadata: []') + component('d'))
  assert.ok(changed && added && manifests[0])
  assert.deepEqual(registry.update([manifests[0], changed, added]), [
    { name: 'b', what: 'reloaded', file: 'c.yaml' },
    { name: 'd', what: 'added', file: 'c.yaml' },
    { name: 'c', what: 'removed', file: 'c.yaml' },
  ])
  assert.equal(registry.get('a'), a)
  assert.notEqual(registry.get('b'), b)
  assert.throws(() => registry.get('c'), { message: /^no conversation component is named "c"; .* are: a, b, d$/ })
  assert.deepEqual(closed, [])
  over.resolve()
  await new Promise(setImmediate)
  assert.deepEqual(closed, ['b', 'c'])
})

test('a registry that closes does not wait for the calls of what was taken out of it', async () => {
  const { registry, assembled } = await create(component('a'), { callsEnded: () => new Promise(() => {}) })
  let closings = 0
  for (const { provider } of assembled) provider.close = async () => void closings++
  registry.update([])
  await registry.close()
  assert.equal(closings, 1)
})

for (const [mistake, type, spec, line] of [
  ['cannot be created', 'conversation.echo', 'metadata: [{name: delay, value: soon}]', /metadata "delay" must be/],
  ['is of a type that there is not', 'conversation.eco', '', /did you mean conversation\.echo\?/],
  ['lacks a variable', 'conversation.echo', 'metadata: [{name: delay, value: "${PAUSE}"}]', /PAUSE is not set/],
] as const) {
  test(`a change after which a component ${mistake} leaves the one before it`, async () => {
    const { registry, lines, parse } = await create(component('a'))
    const before = registry.get('a')
    assert.deepEqual(registry.update(parse(component('a', type, spec))), [])
    assert.equal(registry.get('a'), before)
    assert.equal(lines.length, 2)
    assert.match(lines[0] ?? '', line)
    assert.equal(lines[1], 'a stays as it was before the change of c.yaml')
    assert.deepEqual(registry.update(parse(component('a', 'conversation.echo', 'metadata: []'))), [
      { name: 'a', what: 'reloaded', file: 'c.yaml' },
    ])
    await registry.close()
  })
}

test('a new component that cannot be created is reported, and takes nothing with it', async () => {
  const { registry, lines, parse, manifests } = await create(component('a'))
  const broken = parse(component('b', 'conversation.echo', 'metadata: [{name: delay, value: soon}]'))
  assert.deepEqual(registry.update([...manifests, ...broken]), [])
  assert.deepEqual(states(registry), [['a', 'ready', undefined]])
  assert.match(lines.join(), /^\[INIT_COMPONENT_FAILURE\].* c\.yaml:8: metadata "delay" must be/)
})

test('a component that became another building block’s is gone, and none of theirs is said to be added', async () => {
  const { registry, lines, parse } = await create(component('a'))
  assert.deepEqual(registry.update(parse(component('a', 'state.redis') + component('b', 'pubsub.redis'))), [
    { name: 'a', what: 'removed', file: 'c.yaml' },
  ])
  assert.deepEqual(lines, [
    'a skipped: state.redis is not a conversation (c.yaml:6)',
    'b skipped: pubsub.redis is not a conversation (c.yaml:14)',
  ])
  assert.throws(() => registry.get('a'), ConversationError)
  assert.deepEqual(registry.update(parse(component('a'))), [{ name: 'a', what: 'added', file: 'c.yaml' }])
})
