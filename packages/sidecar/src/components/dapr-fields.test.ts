import assert from 'node:assert/strict'
import { test } from 'node:test'
import { providers } from '../providers/registry.ts'
import { daprFields } from './dapr-fields.ts'

test('every component is one of daprd, and knows all metadata that daprd reads', () => {
  for (const { type, settings } of providers) {
    const names = Object.entries(settings).flatMap(([name, { aliases = [] }]) => [name, ...aliases])
    const fields = daprFields(type)
    assert.ok(fields, type)
    for (const field of fields) assert.ok(names.includes(field), `${type} ${field}`)
  }
})
