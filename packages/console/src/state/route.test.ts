import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hrefOf, parseRoute, views } from './route.ts'

test('every place can be linked to', () => {
  const part = fc.string({ unit: 'grapheme', minLength: 1 })
  fc.assert(
    fc.property(fc.constantFrom(...views), fc.array(part, { maxLength: 2 }), part, (view, path, value) => {
      const route = parseRoute(hrefOf(view, path, new URLSearchParams({ search: value })))
      assert.deepEqual({ ...route, query: route.query.get('search') }, { view, path, query: value })
    }),
  )
})

test('what is no place leads to the first page', () => {
  for (const hash of ['', '#', '#/nowhere', '#main']) assert.equal(parseRoute(hash).view, 'overview')
})
