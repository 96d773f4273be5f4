import assert from 'node:assert/strict'
import { appendFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { answerJson, startFakeSidecar } from '../../testing/fake-sidecar.ts'
import { startFakeStateStore } from '../../testing/fake-state-store.ts'
import { DaprChatError, SidecarUnavailableError, StoreConflictError } from '../errors.ts'
import { fileStore } from '../file-store/file-store.ts'
import type { ChatMessage } from '../message.ts'
import { daprStateStore } from './dapr-state-store.ts'
import { type ConversationStore, memoryStore, type StoredTurn } from './store.ts'

const turn = (id: string, ...messages: ChatMessage[]): StoredTurn => ({
  id,
  createdAt: '2026-01-31T12:00:00.000Z',
  messages,
})
const question = (content: string): ChatMessage => ({ role: 'user', content })
const answer = (content: string): ChatMessage => ({ role: 'assistant', content })

type Holder = AsyncDisposable & { readonly store: ConversationStore }

const holders: Readonly<Record<string, () => Promise<Holder>>> = {
  memoryStore: async () => ({ store: memoryStore(), [Symbol.asyncDispose]: async () => {} }),
  fileStore: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'conversations-'))
    return { store: fileStore(join(folder, 'deep')), [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
  },
  daprStateStore: async () => {
    const state = await startFakeStateStore()
    return {
      store: daprStateStore('conversations', { endpoint: state.url }),
      [Symbol.asyncDispose]: () => state[Symbol.asyncDispose](),
    }
  },
}

for (const [name, hold] of Object.entries(holders)) {
  describe(name, () => {
    test('has nothing of a conversation that never was', async () => {
      await using holder = await hold()
      assert.equal(await holder.store.load('a', 100), undefined)
      await holder.store.delete('a')
    })

    test('gives back messages in full, tool calls and their ids among them', async () => {
      await using holder = await hold()
      const calls: ChatMessage[] = [
        { role: 'user', content: [{ type: 'text', text: 'weather? ☔' }], name: 'Ann' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } },
          ],
          reasoning_content: 'hm',
          reasoning_signature: 'sig',
        },
        { role: 'tool', tool_call_id: 'call_1', name: 'weather', content: 'rain' },
        answer('It rains.'),
      ]
      await holder.store.append('a', { turns: [turn('1', ...calls)] })
      assert.deepEqual(await holder.store.load('a', 100), { turns: [turn('1', ...calls)] })
    })

    test('keeps turns in order, and conversations apart', async () => {
      await using holder = await hold()
      const { store } = holder
      await store.append('a/../b', { turns: [turn('1', question('one'))] })
      await store.append('b', { turns: [turn('x', question('other'))] })
      await store.append('a/../b', { turns: [turn('2', question('two')), turn('3', question('three'))] })
      assert.deepEqual(
        (await store.load('a/../b', 100))?.turns.map(({ id }) => id),
        ['1', '2', '3'],
      )
      await store.delete('a/../b')
      assert.equal(await store.load('a/../b', 100), undefined)
      assert.deepEqual((await store.load('b', 100))?.turns, [turn('x', question('other'))])
    })

    test('gives the newest whole turns', async () => {
      await using holder = await hold()
      const turns = Array.from({ length: 75 }, (_, at) => turn(`${at}`, question(`q${at}`), answer(`a${at}`)))
      await holder.store.append('a', { turns })
      const load = async (maxMessages: number) => (await holder.store.load('a', maxMessages))?.turns
      assert.deepEqual(await load(100), turns.slice(25))
      assert.deepEqual(await load(101), turns.slice(25), 'no turn is parted')
      assert.deepEqual(await load(1), turns.slice(74), 'the newest is always there')
      assert.deepEqual(await load(1_000), turns)
    })

    test('keeps the last summary', async () => {
      await using holder = await hold()
      const { store } = holder
      await store.append('a', { turns: [turn('1', question('one'))], summary: { text: 'first', through: '1' } })
      await store.append('a', { turns: [turn('2', question('two'))] })
      assert.deepEqual((await store.load('a', 100))?.summary, { text: 'first', through: '1' })
      await store.append('a', { summary: { text: 'second', through: '2' } })
      assert.deepEqual((await store.load('a', 100))?.summary, { text: 'second', through: '2' })
      assert.equal((await store.load('a', 100))?.turns.length, 2)
    })

    test('loses no turn of writers that write at once', async () => {
      await using holder = await hold()
      const ids = Array.from({ length: 8 }, (_, at) => `${at}`)
      await Promise.all(ids.map((id) => holder.store.append('a', { turns: [turn(id, question(id))] })))
      assert.deepEqual((await holder.store.load('a', 100))?.turns.map(({ id }) => id).sort(), ids)
    })
  })
}

test('daprStateStore() writes with the ETag it has read, and the time to live', async () => {
  await using state = await startFakeStateStore()
  const store = daprStateStore('conversations', { endpoint: state.url, ttlSeconds: 60, keyPrefix: 'chat:' })
  await store.append('a', { turns: [turn('1', question('one'))] })
  await store.append('a', { turns: [turn('2', question('two'))] })
  assert.deepEqual(
    state.writes.map(({ key, etag, metadata }) => ({ key, etag, metadata })),
    [
      { key: 'chat:a', etag: undefined, metadata: { ttlInSeconds: '60' } },
      { key: 'chat:a', etag: '1', metadata: { ttlInSeconds: '60' } },
    ],
  )
})

test('daprStateStore() gives up with StoreConflictError where others never stop writing', async () => {
  await using state = await startFakeStateStore((store) => store.touch('conversation-a'))
  const store = daprStateStore('conversations', { endpoint: state.url, maxAttempts: 3 })
  await store.append('a', { turns: [turn('1', question('one'))] })
  await assert.rejects(store.append('a', { turns: [turn('2', question('two'))] }), (error) => {
    assert.ok(error instanceof StoreConflictError)
    assert.match(error.message, /3 attempts/)
    return error.retryable
  })
  assert.equal(state.writes.length, 4)
  assert.equal((await store.load('a', 10))?.turns.length, 1)
})

test('daprStateStore() says what must answer where something without a state API does', async () => {
  await using sidecar = await startFakeSidecar((response) =>
    answerJson(response, { errorCode: 'ERR_DIRECT_INVOKE' }, 404),
  )
  const store = daprStateStore('conversations', { endpoint: sidecar.url })
  await assert.rejects(store.load('a', 1), (error) => {
    assert.ok(error instanceof DaprChatError)
    assert.match(error.message, /^Cannot read the state store "conversations": 404 /)
    assert.equal(
      error.hint,
      `Check the endpoint: it must be that of a daprd with the state store "conversations"; ${sidecar.url} has no state API.`,
    )
    return true
  })
})

test('daprStateStore() says so where nothing answers', async () => {
  const store = daprStateStore('conversations', { endpoint: 'http://127.0.0.1:1' })
  await assert.rejects(store.load('a', 1), SidecarUnavailableError)
})

test('fileStore() skips a line whose writer died, and its files are for their owner', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'conversations-'))
  try {
    const store = fileStore(folder)
    await store.append('a', { turns: [turn('1', question('one'))] })
    const [name = ''] = await readdir(folder)
    await appendFile(join(folder, name), '{"turns":[{"id":"half')
    await store.append('a', { turns: [turn('2', question('two'))] })
    assert.deepEqual(
      (await store.load('a', 100))?.turns.map(({ id }) => id),
      ['1', '2'],
    )
    assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600)
    assert.match(await readFile(join(folder, name), 'utf8'), /half\n/)
  } finally {
    await rm(folder, { recursive: true })
  }
})
