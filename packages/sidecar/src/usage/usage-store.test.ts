import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CallDetail } from '@dapr-chat/protocol/console'
import { UsageStore, type UsageStoreOptions } from './usage-store.ts'

const DAY_MS = 24 * 60 * 60_000

function open(options: Partial<UsageStoreOptions> = {}, warnings: string[] = []) {
  const store = new UsageStore({
    path: ':memory:',
    maxBytes: 64 * 1024 * 1024,
    maxAgeMs: DAY_MS,
    warn: (message) => warnings.push(message),
    ...options,
  })
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() })
}

let made = 0

function call(more: Partial<CallDetail> = {}): CallDetail {
  return {
    id: `call-${++made}`,
    startedAt: Date.now(),
    state: 'succeeded',
    surface: 'openai',
    streamed: true,
    component: 'gpt',
    type: 'conversation.openai',
    model: 'gpt-5',
    caller: 'anonymous',
    durationMs: 100,
    timeToFirstTokenMs: 20,
    chunks: 3,
    tokens: { input: 10, output: 40, cached: 2 },
    costUsd: 0.5,
    finishReason: 'stop',
    cached: false,
    attempts: 1,
    toolCalls: 0,
    phases: [{ name: 'queue', startMs: 0, durationMs: 1 }],
    ...more,
  }
}

test('a call comes back as it went in', async () => {
  await using store = open()
  const whole = call({
    contextId: 'c',
    traceId: 'a'.repeat(32),
    tokens: { input: 1, output: 0, cached: 0, reasoning: 3 },
    state: 'interrupted',
    error: { code: 'interrupted', message: 'it broke' },
  })
  const bare = call()
  const { model: _m, durationMs: _d, timeToFirstTokenMs: _t, costUsd: _c, finishReason: _f, ...least } = bare
  store.add(whole)
  store.add({ ...least, tokens: {} })
  assert.deepEqual(await store.find(whole.id), whole)
  assert.deepEqual(await store.find(least.id), { ...least, tokens: {} })
  assert.equal(await store.find('nobody'), undefined)
})

test('the newest calls come first, page by page', async () => {
  await using store = open()
  const calls = Array.from({ length: 5 }, () => call())
  for (const one of calls) store.add(one)
  const ids = calls.map(({ id }) => id).toReversed()
  const first = await store.list({ limit: 3 })
  assert.deepEqual([first.calls.map(({ id }) => id), first.more], [ids.slice(0, 3), true])
  const second = await store.list({ limit: 3, before: ids[2] ?? '' })
  assert.deepEqual([second.calls.map(({ id }) => id), second.more], [ids.slice(3), false])
})

test('filters must all hold, and a text is a text', async () => {
  await using store = open()
  const failed = call({ state: 'failed', component: 'other', error: { code: 'timeout', message: '100% slow_ly' } })
  store.add(failed)
  store.add(call({ state: 'failed', error: { code: 'auth', message: 'no' } }))
  store.add(call({ component: 'other' }))
  const ids = async (query: object) => (await store.list({ limit: 10, ...query })).calls.map(({ id }) => id)
  assert.deepEqual(await ids({ component: 'other', state: 'failed' }), [failed.id])
  assert.deepEqual(await ids({ code: 'timeout' }), [failed.id])
  assert.deepEqual(await ids({ text: '0% slow_' }), [failed.id])
  assert.deepEqual(await ids({ text: 'slow%ly' }), [])
  assert.deepEqual(await ids({ text: "' OR 1=1 --" }), [])
})

test('figures tell failures from callers who left, and what is free from what has no price', async () => {
  await using store = open()
  store.add(call({ durationMs: 100, timeToFirstTokenMs: 20 }))
  store.add(call({ durationMs: 300, timeToFirstTokenMs: 60, cached: true, costUsd: 0 }))
  const { costUsd: _, ...unpriced } = call({ state: 'failed', error: { code: 'auth', message: '' } })
  store.add(unpriced)
  store.add(call({ state: 'cancelled', component: 'echo' }))
  const { totals, points, components, models, errors } = await store.overview('1h')
  assert.equal(totals.calls, 4)
  assert.equal(totals.failed, 1)
  assert.equal(totals.cancelled, 1)
  assert.equal(totals.cacheHits, 1)
  assert.equal(totals.unpriced, 1)
  assert.equal(totals.costUsd, 1)
  assert.equal(totals.inputTokens, 30, 'those from the cache cost nothing')
  assert.deepEqual(totals.latency, { p50: 100, p95: 300, p99: 300 })
  // Three calls that were not cached, with 40 tokens in 80 milliseconds each.
  assert.equal(totals.tokensPerSecond, 500)
  assert.equal(
    points.reduce((sum, point) => sum + point.calls, 0),
    4,
  )
  assert.deepEqual(
    components.map(({ name, calls }) => [name, calls]),
    [
      ['gpt', 3],
      ['echo', 1],
    ],
  )
  assert.equal(models[0]?.name, 'gpt-5')
  assert.deepEqual(errors, [{ code: 'auth', calls: 1 }])
})

test('a window holds what began in it', async () => {
  await using store = open()
  store.add(call({ startedAt: Date.now() - 10 * 60_000 }))
  assert.equal((await store.overview('5m')).totals.calls, 0)
  assert.equal((await store.overview('1h')).totals.calls, 1)
})

test('rows outlive the process, until they are too old', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'usage-'))
  try {
    const path = join(folder, 'deep', 'usage.sqlite')
    const [old, young] = [call({ startedAt: Date.now() - 2 * DAY_MS }), call()]
    {
      await using store = open({ path })
      store.add(old)
      store.add(young)
    }
    await using store = open({ path })
    assert.deepEqual(
      (await store.list({ limit: 10 })).calls.map(({ id }) => id),
      [young.id],
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a full store makes room by forgetting the oldest', async () => {
  const warnings: string[] = []
  await using store = open({ maxBytes: 512 * 1024 }, warnings)
  const message = 'x'.repeat(2_000)
  let last = ''
  for (let at = 0; at < 1_000; at++) {
    const one = call({ error: { code: 'timeout', message } })
    last = one.id
    store.add(one)
    if (at % 20 === 0) await store.flush()
  }
  const { calls } = await store.list({ limit: 1_000 })
  assert.equal(calls[0]?.id, last)
  assert.ok(calls.length < 300, `${calls.length}`)
  assert.ok(calls.length > 50, `${calls.length}`)
  assert.deepEqual(warnings, [])
})

test('a store that cannot be written is told of once, and reading says why', async () => {
  const warnings: string[] = []
  await using store = open({ path: '/dev/null/usage.sqlite' }, warnings)
  store.add(call())
  await store.flush()
  store.add(call())
  await store.flush()
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /^Cannot write usage: calls are answered, but not counted in \/dev\/null\/usage/)
  await assert.rejects(store.list({ limit: 1 }), /Cannot open the store/)
})
