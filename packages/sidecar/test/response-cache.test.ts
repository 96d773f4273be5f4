/** The response cache at work: whom it answers, what it keeps, and what its answers look like. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  chunk,
  done,
  finish,
  post,
  reset,
  type ScriptedAnswer,
  scriptedProvider,
  send,
  startSidecar,
  textAnswer,
  toolDelta,
  upstreamComponent,
  usage,
} from '../testing/index.ts'
import { ask, daprBody, type Question, surfaces } from './surfaces.ts'

const timeout = 20_000
const hello: Question = { component: 'gpt', text: 'Hello?' }

/** A sidecar whose component `gpt` keeps answers, and `other` too; both ask the same provider. */
async function startCached(
  script: (index: number) => ScriptedAnswer['body'],
  metadata: Readonly<Record<string, string>> = { responseCacheTTL: '1m' },
) {
  await using stack = new AsyncDisposableStack()
  const upstream = stack.use(await scriptedProvider(({ index }) => ({ body: script(index) })))
  const component = upstreamComponent(upstream.url, metadata)
  const sidecar = stack.use(await startSidecar([component, { ...component, name: 'other' }]))
  const started = stack.move()
  return { upstream, sidecar, [Symbol.asyncDispose]: () => started.disposeAsync() }
}

const counted = (index: number) => textAnswer('answer', ' number', ` ${index}`)

async function lookups(metrics: string): Promise<[hits: number, misses: number]> {
  const { text } = await send(metrics, '/metrics')
  const count = (name: string) =>
    Number(new RegExp(`^dapr_chat_cache_${name}_total\\{.*component="gpt"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
  return [count('hits'), count('misses')]
}

for (const [name, surface] of Object.entries(surfaces)) {
  test(`a second question is answered from the cache as ${name}, and looks like the first answer`, {
    timeout,
  }, async () => {
    await using running = await startCached(counted)
    const first = await surface(running.sidecar, { ...hello, contextId: 'one' })
    const second = await surface(running.sidecar, { ...hello, contextId: 'two' })
    assert.equal(running.upstream.requests.length, 1)
    assert.equal(first.text, 'answer number 0')
    assert.equal(first.totalTokens, 6)
    assert.deepEqual({ ...second, contextId: '' }, { ...first, contextId: '' })
    if (name.includes('stream')) assert.equal(second.pieces, 3)
    if (first.contextId !== '') assert.deepEqual([first.contextId, second.contextId], ['one', 'two'])
    assert.deepEqual(await lookups(running.sidecar.metrics), [1, 1])
  })
}

test('all surfaces share what is kept', { timeout }, async () => {
  await using running = await startCached(counted)
  for (const surface of Object.values(surfaces)) {
    assert.equal((await surface(running.sidecar, hello)).text, 'answer number 0')
  }
  assert.equal(running.upstream.requests.length, 1)
})

const different: Readonly<Record<string, Question>> = {
  'another caller': { ...hello, caller: 'another' },
  'another component': { ...hello, component: 'other' },
  'another text': { ...hello, text: 'Hello!' },
  'a temperature': { ...hello, more: { temperature: 0.5 } },
  'provider parameters': {
    ...hello,
    more: { parameters: { seed: { '@type': 'type.googleapis.com/google.protobuf.Int64Value', value: '7' } } },
  },
  metadata: { ...hello, more: { metadata: { purpose: 'test' } } },
  'a response format': { ...hello, more: { responseFormat: { type: 'object' } } },
  'a tool': { ...hello, more: { tools: [{ function: { name: 'now' } }] } },
  'a retention of the prompt': { ...hello, more: { promptCacheRetention: '60s' } },
  'scrubbing of the answer': { ...hello, more: { scrubPii: true } },
}

for (const [what, question] of Object.entries(different)) {
  test(`a question that differs in ${what} has an answer of its own`, { timeout }, async () => {
    await using running = await startCached(counted)
    await ask(running.sidecar, hello)
    assert.equal((await ask(running.sidecar, question)).text, 'answer number 1')
    assert.equal((await ask(running.sidecar, question)).text, 'answer number 1')
    assert.equal((await ask(running.sidecar, hello)).text, 'answer number 0')
  })
}

const unkept: Readonly<Record<string, ScriptedAnswer['body']>> = {
  'was cut off by its length': [chunk({ content: 'answer' }), finish('length'), done],
  'was filtered': [chunk({ content: 'answer' }), finish('content_filter'), done],
  'ended for a reason that is not known': [chunk({ content: 'answer' }), finish('odd'), done],
  'broke off': [chunk({ content: 'answer' }), reset],
  'ended without a finish': [chunk({ content: 'answer' })],
  'has one choice of two that is cut off': [
    chunk({ content: 'answer' }),
    chunk({ content: 'answer' }, 1),
    finish('stop'),
    finish('length', 1),
    done,
  ],
}

for (const [what, body] of Object.entries(unkept)) {
  test(`an answer that ${what} is not kept`, { timeout }, async () => {
    await using running = await startCached((index) => (index === 0 ? body : counted(index)))
    const headers = { accept: 'text/event-stream' }
    await post(running.sidecar.http, '/v1.0-alpha2/conversation/gpt/converse', daprBody(hello), headers)
    assert.equal((await ask(running.sidecar, hello)).text, 'answer number 1')
  })
}

test('a failure is not kept', { timeout }, async () => {
  await using upstream = await scriptedProvider(({ index }) =>
    index === 0 ? { status: 400, body: '{"error":{"message":"no"}}' } : { body: textAnswer('fine') },
  )
  await using sidecar = await startSidecar([upstreamComponent(upstream.url, { responseCacheTTL: '1m' })])
  const failed = await post(sidecar.http, '/v1.0-alpha2/conversation/gpt/converse', daprBody(hello))
  assert.equal(failed.status, 500)
  assert.equal((await ask(sidecar, hello)).text, 'fine')
})

test('tool calls are kept with their ids', { timeout }, async () => {
  await using running = await startCached((index) => [
    toolDelta({ index: 0, id: `call_${index}`, name: 'now', arguments: '{"zone":' }),
    toolDelta({ index: 0, arguments: '"UTC"}' }),
    finish('tool_calls'),
    usage(3, 2),
    done,
  ])
  const question = () => post(running.sidecar.http, '/v1.0-alpha2/conversation/gpt/converse', daprBody(hello))
  const [first, second] = [await question(), await question()]
  assert.equal(second.text, first.text)
  assert.match(second.text, /"id": ?"call_0"/)
  assert.equal(running.upstream.requests.length, 1)
})

test('without a time nothing is kept, and no lookup is counted', { timeout }, async () => {
  await using running = await startCached(counted, {})
  await ask(running.sidecar, hello)
  assert.equal((await ask(running.sidecar, hello)).text, 'answer number 1')
  assert.deepEqual(await lookups(running.sidecar.metrics), [0, 0])
})

test('with a time of zero answers expire at once', { timeout }, async () => {
  await using running = await startCached(counted, { responseCacheTTL: '0s' })
  await ask(running.sidecar, hello)
  assert.equal((await ask(running.sidecar, hello)).text, 'answer number 1')
  assert.deepEqual(await lookups(running.sidecar.metrics), [0, 2])
})

test('the time may be given as cacheTTL, and responseCacheTTL wins over it', { timeout }, async () => {
  await using kept = await startCached(counted, { cacheTTL: '1m' })
  await ask(kept.sidecar, hello)
  assert.equal((await ask(kept.sidecar, hello)).text, 'answer number 0')
  await using expired = await startCached(counted, { cacheTTL: '1m', responseCacheTTL: '0s' })
  await ask(expired.sidecar, hello)
  assert.equal((await ask(expired.sidecar, hello)).text, 'answer number 1')
})

test('limits that leave no room are refused when the component loads', async () => {
  await assert.rejects(
    startCached(counted, { responseCacheTTL: '1m', responseCacheMaxEntries: '0' }),
    /metadata "responseCacheMaxEntries" must be at least 1: current value is 0/,
  )
})
