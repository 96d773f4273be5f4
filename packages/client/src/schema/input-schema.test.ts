import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { describeIssue, type InputSchema, jsonSchema, toJsonSchema, validate } from './input-schema.ts'

const dogJson = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const

const schemas: readonly [library: string, schema: InputSchema<{ name: string }>, issue: RegExp][] = [
  ['zod', z.object({ name: z.string() }), /^name: Invalid input: expected string, received undefined$/],
  ['arktype', type({ name: 'string' }), /^name must be a string \(was missing\)$/],
  [
    'valibot with a JSON Schema',
    jsonSchema(dogJson, v.object({ name: v.string() })),
    /^name: Invalid key: Expected "name"/,
  ],
]

for (const [library, schema, issue] of schemas) {
  test(`a schema of ${library} says itself as JSON Schema, validates and tells what is wrong`, async () => {
    assert.deepEqual(toJsonSchema(schema), dogJson)
    assert.deepEqual(await validate(schema, { name: 'Rex' }), { value: { name: 'Rex' } })
    const { issues = [] } = await validate(schema, {})
    assert.equal(issues.length, 1)
    assert.match(issues.map(describeIssue).join(), issue)
  })
}

test('the value is what the schema makes of it, and the JSON Schema is of what the model writes', async () => {
  const schema = z.object({ at: z.string().transform((text) => text.length) })
  assert.deepEqual(toJsonSchema(schema).properties, { at: { type: 'string' } })
  assert.deepEqual(await validate(schema, { at: 'noon' }), { value: { at: 4 } })
})

test('JSON Schema alone goes to the model as it is, and every value passes', async () => {
  assert.deepEqual(toJsonSchema({ $schema: 'https://json-schema.org/draft-07/schema#', ...dogJson }), dogJson)
  assert.deepEqual(await validate(dogJson, 5), { value: 5 })
})

test('JSON Schema with a function is validated by it', async () => {
  const schema = jsonSchema(dogJson, (value) => {
    if (value !== 'Rex') throw new TypeError('it must be Rex')
    return value
  })
  assert.deepEqual(await validate(schema, 'Rex'), { value: 'Rex' })
  assert.deepEqual(await validate(schema, 'Tom'), { issues: [{ message: 'it must be Rex', path: [] }] })
})

test('a schema that has no JSON Schema is refused, with what to do about it', () => {
  assert.throws(() => toJsonSchema(v.object({ name: v.string() })), {
    code: 'invalid_request',
    message: /^Cannot use a schema of valibot: .*: give a JSON Schema beside it, as jsonSchema\(/,
  })
  assert.throws(() => toJsonSchema(z.object({ at: z.date() })), {
    message: /^Cannot use a schema of zod: it has no JSON Schema \(Date cannot be represented in JSON Schema\)/,
  })
})

test('an issue says where it is', () => {
  assert.equal(describeIssue({ message: 'too old', path: ['dogs', 0, 'age'] }), 'dogs[0].age: too old')
  assert.equal(describeIssue({ message: 'no dog', path: [] }), 'no dog')
})
