import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError, errorCodes } from '@dapr-chat/protocol'
import { errorTypeOf } from './error-type.ts'

/** The words that the documents promise. */
const words = new Set<string | undefined>([
  ...['timeout', 'rate_limited', 'auth', 'invalid_request', 'content_filter'],
  ...['circuit_open', 'cancelled', 'upstream_5xx', 'connection', '_OTHER'],
])

test('every kind of failure has one of ten words, and a call that went well has none', () => {
  for (const code of errorCodes) {
    const error = new ConversationError(code, 'of the test')
    assert.ok(words.has(errorTypeOf({ error, wasRefused: false })), code)
    assert.equal(errorTypeOf({ error, wasRefused: true }), 'circuit_open')
  }
  assert.equal(errorTypeOf({ error: undefined, wasRefused: false }), undefined)
})

for (const [code, details, word] of [
  ['rate_limit', {}, 'rate_limited'],
  ['quota', {}, 'rate_limited'],
  ['unavailable', { status: 503 }, 'upstream_5xx'],
  ['unavailable', {}, 'connection'],
  ['interrupted', {}, 'connection'],
  ['context_length', {}, 'invalid_request'],
  ['timeout', { clock: 'idle' }, 'timeout'],
  ['protocol', {}, '_OTHER'],
] as const) {
  test(`${code} ${JSON.stringify(details)} is ${word}`, () => {
    assert.equal(errorTypeOf({ error: new ConversationError(code, 'of the test', details), wasRefused: false }), word)
  })
}
