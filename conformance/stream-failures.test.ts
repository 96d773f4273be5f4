/** The page on how streams fail names tests: every one of them has to be there, or the page says what is not so. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { ProofPage } from './proofs.ts'

const page = new ProofPage(join(import.meta.dirname, '../docs/stream-failures.md'))

test('every known failure of a stream has its row, with a proof', () => {
  assert.deepEqual(
    page.rows.map(({ number }) => number),
    Array.from({ length: 65 }, (_, index) => index + 1),
  )
  for (const { number, proofs } of page.rows) assert.ok(proofs.length > 0, `row ${number}`)
})

test('every test that the page on failures of streams names is there', () => {
  assert.deepEqual(page.missing(), [])
})

test('a name that is not quite that of a test is noticed', () => {
  const path = '../conformance/stream-failures.test.ts'
  const known = 'a name that is not quite that of a test is noticed'
  assert.deepEqual(page.missingOf({ path, titles: [known] }), [])
  assert.equal(page.missingOf({ path, titles: [known.slice(1)] }).length, 1)
  assert.equal(page.missingOf({ path: '../nowhere.ts', titles: [known] }).length, 1)
})
