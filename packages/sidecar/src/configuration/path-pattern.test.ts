import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DocumentError, YamlDocument } from '../components/document.ts'
import { matchingPattern, readPathPattern } from './path-pattern.ts'

/** The text of the pattern that a path matches. */
function matched(patterns: readonly string[], path: string): string | undefined {
  const document = new YamlDocument(JSON.stringify({ patterns }), 1)
  const read = patterns.map((_, index) => readPathPattern(document, ['patterns', index]))
  return matchingPattern(read, path)?.text
}

for (const [patterns, path, expected] of [
  [['/orders'], '/orders', '/orders'],
  [['/orders'], '/orders/1', undefined],
  [['/orders/'], '/orders/1/2', '/orders/'],
  [['/orders/{id}'], '/orders/1', '/orders/{id}'],
  [['/orders/{id}'], '/orders/', undefined],
  [['/orders/{id}'], '/orders/1/lines', undefined],
  [['/orders/{id}/{rest...}'], '/orders/1/lines/2', '/orders/{id}/{rest...}'],
  [['/orders/{$}'], '/orders/', '/orders/{$}'],
  [['/orders/{$}'], '/orders/1', undefined],
  [['/'], '/whatever/there/is', '/'],
  // What says more wins, wherever it stands.
  [['/', '/orders/{id}', '/orders/new', '/orders/'], '/orders/new', '/orders/new'],
  [['/', '/orders/', '/orders/{id}'], '/orders/1', '/orders/{id}'],
  [['/', '/orders/', '/orders/{id}'], '/orders/1/2', '/orders/'],
  [['orders//{id}'], '//orders/1', '/orders/{id}'],
  [[], '/orders', undefined],
] as const) {
  test(`${path} is ${expected} among ${patterns.join(', ')}`, () => {
    assert.equal(matched(patterns, path), expected)
  })
}

for (const pattern of ['/a/{b}c', '/{b...}/c', '/{$}/c', '/{}', '/a}b', '/{id}/{id}']) {
  test(`${pattern} is no pattern`, () => {
    assert.throws(() => matched([pattern], '/'), DocumentError)
  })
}
