import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findProvider, providers } from './registry.ts'

test('a provider is found by its type in any case', () => {
  assert.equal(findProvider('Conversation.ECHO')?.type, 'conversation.echo')
  assert.equal(findProvider('conversation.unknown'), undefined)
})

test('no two providers have the same type, and no two names of a setting are the same', () => {
  const types = providers.map((provider) => provider.type.toLowerCase())
  assert.equal(new Set(types).size, types.length)
  for (const { type, settings } of providers) {
    const names = Object.entries(settings).flatMap(([name, { aliases }]) => [name, ...(aliases ?? [])])
    assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length, type)
  }
})
