/** That `docs/comparison.md` proves what it says of us, and says where it has what it says of others. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ProofPage } from '../conformance/proofs.ts'
import { repositoryRoot } from './repository.ts'

const path = join(repositoryRoot, 'docs/comparison.md')
const page = readFileSync(path, 'utf8')
const rows = page
  .split('\n')
  .filter((line) => /^\| \d+ /.test(line))
  .map((line) =>
    line
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim())
      .slice(1, -1),
  )
const compared = rows.filter((cells) => cells.length > 2)

test('the page compares us with six others, in rows that are numbered through', () => {
  assert.ok(compared.length > 15)
  for (const [index, cells] of compared.entries()) {
    assert.equal(cells.length, 9, cells[1])
    assert.equal(cells[0], String(index + 1))
  }
})

test('whatever we have is proven by tests that exist', () => {
  const proofs = new ProofPage(path)
  assert.deepEqual(proofs.missing(), [])
  const proven = new Set(proofs.rows.filter((row) => row.proofs.length > 0).map(({ number }) => number))
  for (const [number, what, ours = ''] of compared) {
    assert.equal(proven.has(Number(number)), !ours.startsWith('no'), `${number} ${what}`)
  }
})

test('whatever is said of others has a source, or is said not to be verified, and every source the day on which it was looked up', () => {
  const sources = new Map(
    Array.from(page.matchAll(/^\[([\w-]+)\]: (https:\/\/\S+) "looked up \d{4}-\d\d-\d\d"$/gm), ([, key = '', url]) => [
      key,
      url,
    ]),
  )
  const used = new Set<string>()
  for (const [number, what, , ...others] of compared) {
    for (const cell of others) {
      if (cell === 'not verified') continue
      const [, key = ''] = /^\[[^\]]+\]\[([\w-]+)\]$/.exec(cell) ?? []
      assert.ok(sources.has(key), `${number} ${what}: ${cell}`)
      used.add(key)
    }
  }
  assert.deepEqual([...used].sort(), [...sources.keys()].sort())
})
