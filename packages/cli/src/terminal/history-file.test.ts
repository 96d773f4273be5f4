import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { HistoryFile } from './history-file.ts'

describe('HistoryFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dapr-chat-history-'))
  after(() => rmSync(folder, { recursive: true }))

  it('gives back the lines of earlier chats, the newest first, from a file of its owner', () => {
    const path = join(folder, 'deep/er/history')
    assert.deepEqual(new HistoryFile(path).read(), [])
    new HistoryFile(path).add('one')
    new HistoryFile(path).add('two')
    assert.deepEqual(new HistoryFile(path).read(), ['two', 'one'])
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })

  it('keeps the newest thousand lines, also in a file that others could read', () => {
    const path = join(folder, 'long')
    writeFileSync(path, Array.from({ length: 1_500 }, (_, at) => `line ${at}\n`).join(''), { mode: 0o644 })
    const lines = new HistoryFile(path).read()
    assert.deepEqual([lines.length, lines[0], lines.at(-1)], [1_000, 'line 1499', 'line 500'])
    assert.equal(readFileSync(path, 'utf8').split('\n').length, 1_001)
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })

  it('keeps nothing without a path, and does not mind one that cannot be used', () => {
    const none = new HistoryFile(undefined)
    none.add('one')
    assert.deepEqual(none.read(), [])
    const impossible = new HistoryFile(join(folder, 'long', 'history'))
    impossible.add('one')
    assert.deepEqual(impossible.read(), [])
  })
})
