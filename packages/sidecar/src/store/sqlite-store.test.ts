import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Message } from '@dapr-chat/protocol'
import { storeContract } from '../../testing/store-contract.ts'
import { openDatabase } from './sqlite-database.ts'
import { SqliteStore } from './sqlite-store.ts'
import { StoreFile } from './store-file.ts'

const roomy = { maxBytes: 64 * 1024 * 1024 }
const keep = { maxTurns: 1_000_000, ttlMs: 0 }
const key = { caller: 'app', component: 'gpt', contextId: 'one' }
const said = (role: 'user' | 'system', text: string): Message => ({ role, content: [{ type: 'text', text }] })

const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
after(() => rm(folder, { recursive: true }))
let files = 0
const newFile = () => join(folder, `${files++}`, 'nested', 'store.sqlite')

storeContract({ name: 'a store in memory', open: (now) => new SqliteStore(openDatabase(':memory:', roomy), now) })
storeContract({ name: 'a store in a file', open: (now) => new SqliteStore(openDatabase(newFile(), roomy), now) })

test('what is stored outlives the process that stored it, and only the owner may read it', async () => {
  const path = newFile()
  const first = new StoreFile(path, roomy.maxBytes)
  await first.open().append(key, { messages: [said('user', 'Hello?')] }, keep)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.equal((await stat(`${path}-wal`)).mode & 0o777, 0o600)
  await first.close()
  const second = new StoreFile(path, roomy.maxBytes)
  assert.deepEqual((await second.existing()?.turns(key, 1))?.[0]?.messages, [said('user', 'Hello?')])
  await second.close()
})

test('without a file nothing exists, and asking makes none', async () => {
  const path = newFile()
  const file = new StoreFile(path, roomy.maxBytes)
  assert.equal(file.existing(), undefined)
  await assert.rejects(stat(path), { code: 'ENOENT' })
  const memory = new StoreFile(':memory:', roomy.maxBytes)
  assert.equal(memory.existing(), undefined)
  assert.equal(memory.open(), memory.existing())
  await memory.close()
})

test('a file that is no database, or cannot be made, is refused by its name', async () => {
  const path = join(folder, 'text')
  await writeFile(path, 'This is not a database, although it is long enough to be the header of one.'.repeat(10))
  const refused = (file: string) =>
    assert.throws(
      () => new StoreFile(file, roomy.maxBytes).open(),
      (error) =>
        error instanceof Error && error.message.startsWith(`Cannot open the store ${file}: it must be a SQLite`),
    )
  refused(path)
  refused(join(path, 'store.sqlite'))
})

test('a database of a later version is left alone', async () => {
  const path = newFile()
  const database = openDatabase(path, roomy)
  database.exec('PRAGMA user_version = 99')
  database.close()
  assert.throws(() => new StoreFile(path, roomy.maxBytes).open(), /its version must be at most 1: current value is 99/)
})

test('a turn that does not fit is stored not at all, and what was stored stays', async () => {
  const store = new SqliteStore(openDatabase(newFile(), { maxBytes: 256 * 1024 }))
  await store.append(key, { messages: [said('user', 'small')], instructions: [said('system', 'a')] }, keep)
  const large = { messages: [said('user', 'x'.repeat(1024 * 1024))], instructions: [said('system', 'b')] }
  await assert.rejects(store.append(key, large, keep), /full/)
  assert.equal((await store.turns(key, 10)).length, 1)
  assert.deepEqual((await store.find(key))?.instructions, [said('system', 'a')])
  await store.append(key, { messages: [said('user', 'small again')] }, keep)
  assert.equal((await store.turns(key, 10)).length, 2)
  await store.close()
})

test('what is removed is gone from the file', async () => {
  const path = newFile()
  const store = new SqliteStore(openDatabase(path, roomy))
  await store.append(key, { messages: [said('user', 'a very private sentence')] }, keep)
  const holds = async (file: string) => (await readFile(file)).includes('very private')
  assert.ok(await holds(`${path}-wal`))
  await store.remove(key)
  assert.deepEqual([await holds(path), await holds(`${path}-wal`)], [false, false])
  await store.close()
})

test('a process that is killed while it writes leaves whole turns', { timeout: 60_000 }, async () => {
  const path = newFile()
  const source = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)
  // Each turn is two large messages of one number, so that half a turn would show.
  const program = `
    import { openDatabase } from ${source('./sqlite-database.ts')}
    import { SqliteStore } from ${source('./sqlite-store.ts')}
    const store = new SqliteStore(openDatabase(${JSON.stringify(path)}, ${JSON.stringify(roomy)}))
    for (let number = 0; ; number++) {
      const message = { role: 'user', content: [{ type: 'text', text: String(number).repeat(5_000) }] }
      const keep = { maxTurns: 1_000_000, ttlMs: 0 }
      await store.append(${JSON.stringify(key)}, { instructions: [message], messages: [message, message] }, keep)
      if (number === 0) process.stdout.write('writing')
    }`
  let stored = 0
  for (const delayMs of [0, 7, 23]) {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    })
    await once(child.stdout, 'data')
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    child.kill('SIGKILL')
    await once(child, 'close')

    const check = new DatabaseSync(path)
    assert.deepEqual({ ...check.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
    check.close()
    const store = new SqliteStore(openDatabase(path, roomy))
    const turns = await store.turns(key, 1_000_000)
    for (const { messages } of turns) {
      assert.equal(messages.length, 2)
      assert.deepEqual(messages[0], messages[1])
    }
    assert.deepEqual(
      turns.map(({ sequence }) => sequence),
      Array.from(turns, (_, index) => turns.length - index),
    )
    // The last turn and the instructions that came with it are of one transaction.
    assert.deepEqual((await store.find(key))?.instructions, [turns[0]?.messages[0]])
    assert.ok(turns.length > stored)
    stored = turns.length
    await store.close()
  }
})
