import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCodes } from './error.ts'
import { adviceFor, errorAdvice, errorMeanings } from './error-advice.ts'

test('every kind of failure has a meaning and something to do about it, as sentences', () => {
  for (const words of [errorMeanings, errorAdvice]) {
    assert.deepEqual(Object.keys(words), errorCodes)
    for (const code of errorCodes) assert.match(words[code], /^[A-Z].{15,}\.$/, code)
  }
})

test('no two kinds of failure mean the same or have the same advice', () => {
  for (const words of [errorMeanings, errorAdvice]) {
    assert.equal(new Set(Object.values(words)).size, errorCodes.length)
  }
})

test('nothing is said about a code that does not exist', () => {
  assert.equal(adviceFor('constructor'), undefined)
  assert.equal(adviceFor('auth'), errorAdvice.auth)
})
