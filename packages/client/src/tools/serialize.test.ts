import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serializeResult } from './serialize.ts'

const loop: Record<string, unknown> = {}
loop.self = loop

const results: readonly [what: string, value: unknown, text: string][] = [
  ['a string', 'x', 'x'],
  ['an empty string', '', ''],
  ['a number', 42, '42'],
  ['a boolean', true, 'true'],
  ['null', null, 'null'],
  ['nothing', undefined, 'null'],
  ['an object', { a: 1 }, '{"a":1}'],
  ['a list', [], '[]'],
  ['a date', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  ['a big integer', { n: 12345678901234567890n }, '{"n":"12345678901234567890"}'],
  ['a cycle', loop, '[object Object]'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
]

for (const [what, value, text] of results) {
  test(`${what} becomes text`, () => assert.equal(serializeResult(value), text))
}
