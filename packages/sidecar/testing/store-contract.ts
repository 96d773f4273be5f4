/** What every place for conversations must do; an implementation's test calls it with a way to open one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '@dapr-chat/protocol'
import type { ConversationKey, ConversationStore } from '../src/store/conversation-store.ts'

/** The store under test. */
export interface StoreSubject {
  /** What the tests' names begin with. */
  readonly name: string
  /** Opens a store without content, whose time is `now` in milliseconds since 1970. */
  open(now: () => number): ConversationStore
}

const key: ConversationKey = { caller: 'app', component: 'gpt', contextId: 'one' }
const keep = { maxTurns: 100, ttlMs: 0 }
const said = (role: 'system' | 'user', text: string): Message => ({ role, content: [{ type: 'text', text }] })
const turn = (text: string) => ({ messages: [said('user', text)] })

/** Every kind of message and everything that one can hold. */
const rich: readonly Message[] = [
  {
    role: 'user',
    name: 'Ada',
    content: [
      { type: 'text', text: 'héllo \u{1F600} "quoted"\n\u0000' },
      { type: 'image', source: { url: 'https://example.com/a.png', mediaType: 'image/png' }, detail: 'low' },
      { type: 'audio', source: { data: Uint8Array.of(0, 255, 7), mediaType: 'audio/wav' } },
      { type: 'file', source: { data: new Uint8Array(), mediaType: 'application/pdf' }, filename: 'a.pdf' },
    ],
  },
  {
    role: 'assistant',
    content: [],
    toolCalls: [{ id: 'call_1', name: 'now', arguments: '{"zone":"UTC"}', signature: 'c2ln' }],
    reasoning: 'hm',
    reasoningSignature: 'c2lnbg==',
    refusal: 'no',
  },
  { role: 'tool', content: [{ type: 'text', text: '12:00' }], toolCallId: 'call_1', name: 'now' },
]

/** Declares the tests of a store. */
export function storeContract({ name, open }: StoreSubject): void {
  const testStore = (what: string, body: (store: ConversationStore, clock: { now: number }) => Promise<void>) =>
    test(`${name} ${what}`, async () => {
      const clock = { now: 1_000_000 }
      const store = open(() => clock.now)
      try {
        await body(store, clock)
      } finally {
        await store.close()
      }
    })
  const texts = async (store: ConversationStore, of: ConversationKey = key) =>
    (await store.turns(of, 100)).map(({ messages }) => {
      const [part] = messages[0]?.content ?? []
      return part?.type === 'text' ? part.text : ''
    })

  testStore('gives messages back as they were', async (store) => {
    await store.append(key, { instructions: [said('system', 'Be brief.')], messages: rich }, keep)
    const [stored] = await store.turns(key, 1)
    assert.deepEqual(stored?.messages, rich)
    assert.deepEqual((await store.find(key))?.instructions, [said('system', 'Be brief.')])
  })

  testStore('gives the newest turns first, page by page', async (store, clock) => {
    for (const text of ['a', 'b', 'c', 'd', 'e']) {
      clock.now++
      await store.append(key, turn(text), keep)
    }
    assert.deepEqual(await texts(store), ['e', 'd', 'c', 'b', 'a'])
    const first = await store.turns(key, 2)
    const second = await store.turns(key, 2, first.at(-1)?.sequence)
    assert.deepEqual(
      [...first, ...second].map(({ createdAt }) => createdAt - 1_000_000),
      [5, 4, 3, 2],
    )
    assert.deepEqual(await store.turns(key, 2, 0), [])
  })

  testStore('keeps apart what differs in caller, component or context', async (store) => {
    const others: readonly ConversationKey[] = [
      { ...key, caller: 'another' },
      { ...key, component: 'another' },
      { ...key, contextId: 'another' },
      { caller: 'appgpt', component: '', contextId: 'one' },
      { ...key, contextId: 'ONE' },
      { ...key, contextId: "one' OR '1'='1" },
    ]
    await store.append(key, turn('mine'), keep)
    for (const other of others) {
      assert.equal(await store.find(other), undefined)
      assert.deepEqual(await texts(store, other), [])
      assert.equal(await store.remove(other), false)
      await store.append(other, turn('theirs'), keep)
    }
    assert.deepEqual(await texts(store), ['mine'])
  })

  testStore('keeps the instructions until others come', async (store) => {
    const instructionsNow = async () => (await store.find(key))?.instructions
    await store.append(key, turn('a'), keep)
    assert.deepEqual(await instructionsNow(), [])
    await store.append(key, { ...turn('b'), instructions: [said('system', 'first')] }, keep)
    await store.append(key, turn('c'), keep)
    assert.deepEqual(await instructionsNow(), [said('system', 'first')])
    await store.append(key, { ...turn('d'), instructions: [said('system', 'second')] }, keep)
    assert.deepEqual(await instructionsNow(), [said('system', 'second')])
  })

  testStore('lets the oldest turns go, and never counts anew', async (store) => {
    for (const text of ['a', 'b', 'c', 'd']) await store.append(key, turn(text), { ...keep, maxTurns: 2 })
    assert.deepEqual(await texts(store), ['d', 'c'])
    assert.equal((await store.find(key))?.turns, 2)
    const [newest] = await store.turns(key, 1)
    await store.append(key, turn('e'), { ...keep, maxTurns: 1 })
    assert.deepEqual(await texts(store), ['e'])
    assert.ok(((await store.turns(key, 1))[0]?.sequence ?? 0) > (newest?.sequence ?? 0))
  })

  testStore('forgets a conversation some time after its last turn', async (store, clock) => {
    await store.append(key, { ...turn('a'), instructions: [said('system', 'Be brief.')] }, { ...keep, ttlMs: 100 })
    clock.now += 60
    await store.append(key, turn('b'), { ...keep, ttlMs: 100 })
    clock.now += 60
    assert.deepEqual(await texts(store), ['b', 'a'])
    clock.now += 60
    assert.deepEqual(await texts(store), [])
    assert.equal(await store.find(key), undefined)
    assert.deepEqual(await store.list('app', 10), [])
    assert.equal(await store.remove(key), false)
    await store.append(key, turn('c'), keep)
    assert.deepEqual(await texts(store), ['c'])
    assert.deepEqual((await store.find(key))?.instructions, [])
    clock.now += 1e12
    assert.deepEqual(await texts(store), ['c'])
  })

  testStore("lists the caller's conversations, newest first", async (store, clock) => {
    for (const contextId of ['one', 'two', 'three', 'one']) {
      clock.now++
      await store.append({ ...key, contextId }, turn('a'), keep)
    }
    await store.append({ ...key, caller: 'another' }, turn('a'), keep)
    const one = { component: 'gpt', contextId: 'one', turns: 2, updatedAt: 1_000_004 }
    assert.deepEqual(await store.find(key), { ...one, instructions: [] })
    assert.deepEqual(await store.list('app', 2), [
      one,
      { component: 'gpt', contextId: 'three', turns: 1, updatedAt: 1_000_003 },
    ])
    assert.equal((await store.list('app', 10)).length, 3)
    assert.deepEqual(await store.list('nobody', 10), [])
  })

  testStore('removes a conversation with all its turns', async (store) => {
    await store.append(key, turn('a'), keep)
    await store.append({ ...key, contextId: 'two' }, turn('b'), keep)
    assert.equal(await store.remove(key), true)
    assert.equal(await store.remove(key), false)
    assert.deepEqual(await texts(store), [])
    assert.deepEqual(await texts(store, { ...key, contextId: 'two' }), ['b'])
    await store.append(key, turn('c'), keep)
    assert.deepEqual(await texts(store), ['c'])
  })
}
