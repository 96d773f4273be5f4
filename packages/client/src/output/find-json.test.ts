import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonValue } from '@dapr-chat/protocol'
import fc from 'fast-check'
import { isObject } from '../schema/json-object.ts'
import { findJson, findPartialJson } from './find-json.ts'

const found: readonly [name: string, text: string, expected: JsonValue | undefined][] = [
  ['in a code fence (T51)', 'Sure.\n```json\n{"summary":"ok"}\n```\n', { summary: 'ok' }],
  ['amid other words (T51)', 'Here you go: {"summary":"hi"} cheers', { summary: 'hi' }],
  ['whose strings hold brackets (T51)', '{"note":"} fake closer"} x', { note: '} fake closer' }],
  ['whose strings hold quotes', 'x {"note":"\\"}\\\\"} x', { note: '"}\\' }],
  ['behind brackets that are none', 'As [1] says of {it}: {"a":[{"b":1}]}', { a: [{ b: 1 }] }],
  ['behind a bracket that stays open', 'I am sad :{ but {"a":1}', { a: 1 }],
  ['not inside what only looks like it', '{a: {"b": 1}}', undefined],
  ['not inside an answer that was cut off', '{"a": {"b": 1}, "c', undefined],
  ['not where there is none', 'I do not know.', undefined],
  ['not of another kind', '[1]', undefined],
]

for (const [name, text, expected] of found) {
  test(`findJson finds an object ${name}`, () => assert.deepEqual(findJson(text, isObject)?.value, expected))
}

test('findJson takes the whole text for every value of JSON', () => {
  fc.assert(
    fc.property(fc.json(), (text) => assert.deepEqual(findJson(` ${text}\n`, () => true)?.value, JSON.parse(text))),
  )
})

test('findJson finds every object amid words, in a fence or not', () => {
  const words = fc.string({ unit: fc.constantFrom('a', ' ', '.', "'", '\n', '`', '}', ']') })
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })).map((value) => JSON.stringify(value))
  fc.assert(
    fc.property(words, object, words, (before, text, after) => {
      assert.deepEqual(findJson(before + text + after, isObject)?.value, JSON.parse(text))
    }),
  )
})

test('findJson gives up on a text full of brackets', () => {
  assert.equal(findJson('{'.repeat(100_000), isObject), undefined)
})

const partial: readonly [text: string, expected: unknown][] = [
  ['', undefined],
  ['Sure, here', undefined],
  ['```json\n{', {}],
  ['As {it} says: {"a":true', { a: true }],
  ['{"name":"R', { name: 'R' }],
  ['{"name":"R\\u00', { name: 'R' }],
  ['{"name":"Rex","ag', { name: 'Rex' }],
  ['{"name":"Rex","age":1', { name: 'Rex' }],
  ['{"name":"Rex","age":12,"to', { name: 'Rex', age: 12 }],
  ['{"dogs":[{"name":"Rex"},{"na', { dogs: [{ name: 'Rex' }, {}] }],
  ['{"a":1} and so on', { a: 1 }],
]

for (const [text, expected] of partial) {
  test(`findPartialJson makes ${JSON.stringify(expected) ?? 'nothing'} of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(findPartialJson(text), expected)
  })
}

test('findPartialJson never throws, wherever a text is cut', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.json(), fc.string({ unit: fc.constantFrom('{', '}', '[', '"', '\\', ',', ':', '1', 'u') })),
      fc.nat(),
      (text, at) => {
        findPartialJson(text.slice(0, at % (text.length + 1)))
      },
    ),
  )
})
