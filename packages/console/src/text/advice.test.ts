import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCodes } from '@dapr-chat/protocol'
import { adviceFor } from './advice.ts'

test('there is something to do about every kind of failure', () => {
  for (const code of errorCodes) assert.ok(adviceFor(code), code)
})

test('nothing is said about a code that does not exist', () => {
  assert.equal(adviceFor('constructor'), undefined)
})
