import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ConversationError, type Message } from '@dapr-chat/protocol'
import fc from 'fast-check'
import { type StateAnswer, startStateStore } from '../../../testing/state-store.ts'
import { storeContract } from '../../../testing/store-contract.ts'
import { type DaprStateOptions, DaprStateStore } from './dapr-state-store.ts'
import { StateApi } from './state-api.ts'

const state = await startStateStore()
after(() => state[Symbol.asyncDispose]())
beforeEach(() => {
  state.intercept = () => undefined
  state.clear()
})

const key = { caller: 'app', component: 'gpt', contextId: 'one' }
const keep = { maxTurns: 1_000, ttlMs: 0 }
const said = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })
const turn = (text: string) => ({ messages: [said(text)] })

/** A replica's store, and what it has logged. */
function openStore(options: Partial<DaprStateOptions> = {}, endpoint = state.url) {
  const warnings: string[] = []
  const api = new StateApi({
    name: 'conversations',
    endpoint: new URL(endpoint),
    token: 'secret',
    maxAnswerBytes: 64 * 1024,
    connectMs: 1_000,
  })
  const store = new DaprStateStore(api, {
    timeoutMs: 10_000,
    maxEntryBytes: 32 * 1024,
    warn: (message) => warnings.push(message),
    ...options,
  })
  return { store, warnings, [Symbol.asyncDispose]: () => store.close() }
}

async function textsOf(store: DaprStateStore, of = key): Promise<string[]> {
  const turns = await store.turns(of, 1_000)
  return turns.toReversed().map(({ messages: [message] }) => {
    const [part] = message?.content ?? []
    return part?.type === 'text' ? part.text : ''
  })
}

storeContract({
  name: 'a state store of Dapr',
  open(now) {
    state.clear()
    return openStore({ now }).store
  },
})

test('what one replica stores another one finds, lists and removes', async () => {
  await using a = openStore()
  await using b = openStore()
  await a.store.append(key, { ...turn('first'), instructions: [said('Be brief.')] }, keep)
  await b.store.append(key, turn('second'), keep)
  assert.deepEqual(await textsOf(a.store), ['first', 'second'])
  assert.deepEqual((await b.store.find(key))?.instructions, [said('Be brief.')])
  assert.deepEqual(
    (await a.store.list('app', 10)).map(({ turns }) => turns),
    [2],
  )
  assert.equal(await b.store.remove(key), true)
  assert.equal(await a.store.find(key), undefined)
  assert.deepEqual(await a.store.list('app', 10), [])
})

test('no turn is lost and none counted twice, for every way in which two replicas write at once', async () => {
  const write = fc.record({ replica: fc.nat(1), contextId: fc.constantFrom('one', 'two'), delayMs: fc.nat(3) })
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 12 }), async (writes) => {
      state.clear()
      // Answers come in another order than questions, as between machines.
      state.intercept = () => pause(Math.random() * 3, undefined)
      await using a = openStore()
      await using b = openStore()
      await Promise.all(
        writes.map(async ({ replica, contextId, delayMs }, index) => {
          await pause(delayMs)
          await (replica === 0 ? a : b).store.append({ ...key, contextId }, turn(String(index)), keep)
        }),
      )
      const expected = new Map<string, string[]>()
      for (const [index, { contextId }] of writes.entries()) {
        expected.set(contextId, [...(expected.get(contextId) ?? []), String(index)])
      }
      for (const [contextId, texts] of expected) {
        assert.deepEqual((await textsOf(a.store, { ...key, contextId })).sort(), texts.sort())
        const sequences = (await b.store.turns({ ...key, contextId }, 100)).map(({ sequence }) => sequence)
        assert.deepEqual(
          sequences.toReversed(),
          texts.map((_, index) => index + 1),
        )
      }
      const listed = (await b.store.list('app', 10)).map(({ contextId, turns }) => [contextId, turns] as const)
      assert.deepEqual(new Map(listed), new Map([...expected].map(([id, texts]) => [id, texts.length])))
      assert.deepEqual([...a.warnings, ...b.warnings], [])
    }),
    { numRuns: 25 },
  )
})

test('many turns that end at once go into the index together', async () => {
  await using a = openStore({ timeoutMs: 20_000 })
  const ids = Array.from({ length: 200 }, (_, index) => `context ${index}`)
  const before = state.writes.length
  // Long enough for all conversations to be written meanwhile.
  state.intercept = ({ key: asked }) => (asked?.includes('-index-') ? pause(500, undefined) : undefined)
  await Promise.all(ids.map((contextId) => a.store.append({ ...key, contextId }, turn('a'), keep)))
  assert.equal((await a.store.list('app', 1_000)).length, 200)
  assert.equal((await a.store.list('app', 3)).length, 3)
  const written = state.writes.slice(before).filter((write) => write.key.includes('-index-')).length
  // Of each of the 16 parts one for the first turn, and one for all that came meanwhile; more on a slow machine.
  assert.ok(written <= 64, `${written} writes of the index`)
  assert.deepEqual(a.warnings, [])
})

test('writes ask for the first to win, with the ETag that was read and the time to live', async () => {
  await using a = openStore({ now: () => 1_000_000 })
  const before = state.writes.length
  await a.store.append(key, turn('a'), { ...keep, ttlMs: 1_500 })
  await a.store.append(key, turn('b'), keep)
  const [first, index, second, indexAgain] = state.writes.slice(before)
  assert.deepEqual([first?.etag, first?.metadata], [undefined, { ttlInSeconds: '2' }])
  assert.deepEqual([index?.etag, index?.metadata], [undefined, { ttlInSeconds: '2' }])
  // -1 takes back what the first write has said.
  assert.deepEqual([typeof second?.etag, second?.metadata], ['string', { ttlInSeconds: '-1' }])
  assert.deepEqual([typeof indexAgain?.etag, indexAgain?.metadata], ['string', { ttlInSeconds: '-1' }])
  for (const { options } of state.writes.slice(before)) {
    assert.deepEqual(options, { concurrency: 'first-write', consistency: 'strong' })
  }
  assert.equal(state.questions.at(-1)?.headers['dapr-api-token'], 'secret')
})

test('keys tell nothing of ids, and have no character that a daprd or a store refuses', async () => {
  await using a = openStore()
  const strange = { caller: 'a||b', component: 'g/p?t', contextId: '../\u{1F600}\u0000||x' }
  await a.store.append(strange, turn('a'), keep)
  assert.deepEqual(await textsOf(a.store, strange), ['a'])
  assert.equal(state.entries.size, 2)
  for (const entry of state.entries.keys()) assert.match(entry, /^dapr-chat-history(-index-\d+)?-[0-9a-f]{64}$/)
})

test('ids that only look alike when they are put together, or are no well-formed text, do not meet', async () => {
  await using a = openStore()
  const keys = [
    { caller: 'a', component: 'b', contextId: 'c' },
    { caller: 'a","b', component: '', contextId: 'c' },
    { caller: 'ab', component: '', contextId: 'c' },
    { caller: 'a', component: 'b', contextId: '\ud800' },
    { caller: 'a', component: 'b', contextId: '\ufffd' },
    { caller: 'a', component: 'b', contextId: '\\ud800' },
  ]
  for (const [index, each] of keys.entries()) await a.store.append(each, turn(String(index)), keep)
  for (const [index, each] of keys.entries()) assert.deepEqual(await textsOf(a.store, each), [String(index)])
})

test('the oldest turns make room, and a turn that does not fit by itself is stored not at all', async () => {
  await using a = openStore({ maxEntryBytes: 1_000 })
  for (let index = 0; index < 20; index++) {
    await a.store.append(key, turn(`${index} ${'x'.repeat(100)}`), keep)
    const [entry = ''] = [...state.entries].filter(([name]) => !name.includes('-index-')).map(([, json]) => json)
    assert.ok(Buffer.byteLength(entry) <= 1_000, `${Buffer.byteLength(entry)} bytes`)
  }
  const kept = await textsOf(a.store)
  assert.deepEqual(kept.at(-1)?.split(' ')[0], '19')
  assert.ok(kept.length > 2, `${kept.length} turns`)
  await assert.rejects(
    a.store.append(key, turn('y'.repeat(1_000)), keep),
    /the turn must have at most 1000 bytes with the instructions: current value is \d+: raise --store-max-conversation-size/,
  )
  assert.deepEqual(await textsOf(a.store), kept)
})

test('the index lets go of what has expired, and goes with the last of it', async () => {
  let now = 1_000_000
  await using a = openStore({ now: () => now })
  const ids = Array.from({ length: 40 }, (_, index) => `${index}`)
  for (const contextId of ids) await a.store.append({ ...key, contextId }, turn('a'), { ...keep, ttlMs: 60_000 })
  now += 60_000
  assert.deepEqual(await a.store.list('app', 100), [])
  for (const contextId of ids) await a.store.append({ ...key, contextId: `new ${contextId}` }, turn('a'), keep)
  const indexed = [...state.entries].filter(([name]) => name.includes('-index-')).map(([, json]) => JSON.parse(json))
  const left = indexed.flatMap(({ conversations }) => Object.values<{ contextId: string }>(conversations))
  assert.equal(left.filter(({ contextId }) => contextId.startsWith('new')).length, 40)
  assert.ok(left.length < 60, `${left.length} in the index`)
})

test('an index that was lost comes back with the next turn, and one of what is gone is corrected by removing it', async () => {
  await using a = openStore()
  await a.store.append(key, turn('a'), keep)
  const index = [...state.entries].find(([name]) => name.includes('-index-'))
  const conversation = [...state.entries].find(([name]) => !name.includes('-index-'))
  assert.ok(conversation && index)
  state.clear()
  state.put(...conversation)
  assert.deepEqual(await a.store.list('app', 10), [])
  await a.store.append(key, turn('b'), keep)
  assert.deepEqual(
    (await a.store.list('app', 10)).map(({ turns }) => turns),
    [2],
  )
  state.clear()
  state.put(...index)
  assert.equal((await a.store.list('app', 10)).length, 1)
  assert.equal(await a.store.remove(key), false)
  assert.deepEqual(await a.store.list('app', 10), [])
})

const conflicts: Readonly<Record<string, StateAnswer>> = {
  '409': { status: 409, body: '{"errorCode":"ERR_STATE_SAVE","message":"etag mismatch"}' },
  '400 for an ETag of another form': { status: 400, body: '{"message":"invalid etag value"}' },
  '500 of an older runtime': { status: 500, body: '{"message":"failed saving state: possible etag mismatch"}' },
}
for (const [name, answer] of Object.entries(conflicts)) {
  test(`a write that lost is made again: ${name}`, async () => {
    await using a = openStore()
    let refused = 0
    state.intercept = ({ method }) => (method === 'POST' && refused++ < 3 ? answer : undefined)
    await a.store.append(key, turn('a'), keep)
    assert.deepEqual(await textsOf(a.store), ['a'])
    assert.ok(refused > 3)
  })
}

test('where others never stop writing, it gives up in time and says so', async () => {
  await using a = openStore({ timeoutMs: 300 })
  state.intercept = ({ method }) => (method === 'POST' ? { status: 409 } : undefined)
  await assert.rejects(
    a.store.append(key, turn('a'), keep),
    /others must let it be written|must answer within the time/,
  )
})

const failures: Readonly<Record<string, readonly [answer: StateAnswer, log: RegExp]>> = {
  '500': [{ status: 500, body: 'redis is down at 10.0.0.7' }, /"conversations": it answered 500 redis is down/],
  '401': [{ status: 401, body: 'invalid api token' }, /it answered 401 invalid api token/],
  'what has no state API': [{ status: 404 }, /must lead to a daprd with the state component "conversations": http/],
  'no answer': [{}, /must answer within the time of --store-timeout/],
  'no JSON': [{ status: 200, body: '<html>private</html>', etag: '1' }, /it must be JSON$/],
  'other JSON': [{ status: 200, body: '{"version":2}', etag: '1' }, /of this version of dapr-chat$/],
  null: [{ status: 200, body: 'null', etag: '1' }, /of this version of dapr-chat$/],
  'too much': [{ status: 200, body: 'x'.repeat(100_000), etag: '1' }, /the answer must have at most 65536 bytes/],
}
for (const [name, [answer, log]] of Object.entries(failures)) {
  test(`a question that fails is an error without the reason, which is logged: ${name}`, async () => {
    await using a = openStore(name === 'no answer' ? { timeoutMs: 300 } : {})
    state.intercept = () => answer
    const asked = [() => a.store.find(key), () => a.store.turns(key, 1), () => a.store.list('app', 1)]
    for (const ask of [...asked, () => a.store.remove(key)]) {
      await assert.rejects(ask, (error) => {
        assert.ok(error instanceof ConversationError)
        assert.equal(error.code, 'unavailable')
        assert.equal(error.message, 'the store of remembered conversations cannot be read or changed')
        return true
      })
      assert.match(a.warnings.at(-1) ?? '', log)
    }
    await assert.rejects(a.store.append(key, turn('a'), keep), log)
  })
}

test('where nothing listens, the log says where a daprd was looked for', async () => {
  await using a = openStore({}, 'http://127.0.0.1:1')
  await assert.rejects(a.store.append(key, turn('a'), keep), /a daprd must answer at http:\/\/127\.0\.0\.1:1: /)
})

test('a state component without ETags is refused before turns are lost', async () => {
  await using a = openStore()
  await a.store.append(key, turn('a'), keep)
  state.intercept = ({ method, key: asked = '' }) =>
    method === 'GET' ? { status: 200, body: state.entries.get(asked) ?? '' } : undefined
  await assert.rejects(a.store.append(key, turn('b'), keep), /the state component must support ETags/)
})

test('a turn is stored where only the list cannot be brought up to date', async () => {
  await using a = openStore({ timeoutMs: 1_500 })
  for (const answer of [{ status: 500 }, {}]) {
    state.intercept = ({ key: asked }) => (asked?.includes('-index-') ? answer : undefined)
    await a.store.append(key, turn('a'), keep)
    assert.match(a.warnings.at(-1) ?? '', /^Cannot bring the list of conversations up to date: /)
  }
  state.intercept = () => undefined
  assert.deepEqual(await textsOf(a.store), ['a', 'a'])
})
