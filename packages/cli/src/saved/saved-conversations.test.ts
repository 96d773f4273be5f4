import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { checkedName, isNamed, SavedConversations } from './saved-conversations.ts'

const turns = [{ id: '1', createdAt: '2026-01-31T12:00:00.000Z', messages: [{ role: 'user', content: 'x' }] }] as const

describe('SavedConversations', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dapr-chat-saved-'))
  })
  after(() => rm(folder, { recursive: true }))

  it('lists conversations by the time of their last turn, and reads them', async () => {
    const saved = new SavedConversations(join(folder, 'list'))
    assert.deepEqual(await saved.list(), [])
    assert.ok(saved.isWritable)
    for (const [at, id] of ['old', 'new.er'].entries()) {
      await saved.store.append(id, { turns })
      for (const file of await readdir(join(folder, 'list'))) {
        if (file.startsWith(id.slice(0, 3))) await utimes(join(folder, 'list', file), at, at)
      }
    }
    assert.deepEqual(
      (await saved.list()).map(({ id }) => id),
      ['new.er', 'old'],
    )
    assert.deepEqual(await saved.read('new.er'), { turns })
    assert.equal(await saved.read('none'), undefined)
  })

  it('keeps the newest conversations without a name, and every one that has one', async () => {
    const saved = new SavedConversations(join(folder, 'prune'))
    await saved.store.append('named', { turns })
    for (let count = 0; count < 25; count++) await saved.store.append(await saved.newId(), { turns })
    const ids = (await saved.list()).map(({ id }) => id)
    assert.equal(ids.filter((id) => !isNamed(id)).length, 20)
    assert.ok(ids.includes('named'))
  })
})

describe('checkedName()', () => {
  it('takes names that are files everywhere, and no others', () => {
    for (const name of ['work', 'größe-1', 'v1.2_x']) assert.equal(checkedName(name), name)
    for (const name of ['', '.x', '../x', 'a b', '-x', 'x'.repeat(65)]) {
      assert.throws(() => checkedName(name), /Cannot use the name of a conversation/)
    }
  })
})
