/** The page on what the client does names tests: every one of them has to be there, or the page says what is not so. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { ProofPage } from './proofs.ts'

const page = new ProofPage(join(import.meta.dirname, '../docs/client-features.md'))

test('every case of the client has its row, with a proof', () => {
  assert.deepEqual(
    page.rows.map(({ number }) => number),
    Array.from({ length: 74 }, (_, index) => index + 1),
  )
  for (const { number, proofs } of page.rows) assert.ok(proofs.length > 0, `row ${number}`)
})

test('every test that the page on the client names is there', () => {
  assert.deepEqual(page.missing(), [])
})
