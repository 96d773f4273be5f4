import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryStore, type StoredTurn } from '@dapr-chat/client'
import { replacingLastTurn } from './replace-last-turn.ts'

const turn = (id: string): StoredTurn => ({
  id,
  createdAt: '2026-01-31T12:00:00.000Z',
  messages: [
    { role: 'user', content: `${id}?` },
    { role: 'assistant', content: `${id}!` },
  ],
})

describe('replacingLastTurn()', () => {
  it('hides the last turn, and puts the next one in its place', async () => {
    const store = memoryStore()
    await store.append('a', { turns: [turn('1'), turn('2'), turn('3')], summary: { text: 'S', through: '1' } })
    const again = replacingLastTurn(store)
    assert.deepEqual((await again.load('a', 100))?.turns, [turn('1'), turn('2')])
    assert.deepEqual((await again.load('a', 2))?.turns, [turn('2')])
    await again.append('a', { turns: [turn('4')] })
    assert.deepEqual(await store.load('a', 100), {
      turns: [turn('1'), turn('2'), turn('4')],
      summary: { text: 'S', through: '1' },
    })
  })

  it('begins anew where there was only one turn', async () => {
    const store = memoryStore()
    await store.append('a', { turns: [turn('1')] })
    assert.equal(await replacingLastTurn(store).load('a', 100), undefined)
    await replacingLastTurn(store).append('a', { turns: [turn('2')] })
    assert.deepEqual(await store.load('a', 100), { turns: [turn('2')] })
  })
})
