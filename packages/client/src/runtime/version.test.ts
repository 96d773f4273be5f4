import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAtLeast } from './version.ts'

for (const [actual, required, answer] of [
  ['1.16.3', '1.17', false],
  ['1.17.0', '1.17', true],
  ['1.17.0-rc.1', '1.17', true],
  ['v1.18.3', '1.17', true],
  ['1.9.0', '1.17', false],
  ['2.0.0', '1.17', true],
  ['edge', '1.19', true],
  ['', '1.17', undefined],
  ['unknown', '1.17', undefined],
] as const) {
  const said = answer === undefined ? 'says nothing about' : answer ? 'is at least' : 'is older than'
  test(`"${actual}" ${said} ${required}`, () => assert.equal(isAtLeast(actual, required), answer))
}
