import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, JsonValue } from '@dapr-chat/protocol'
import { type } from 'arktype'
import fc from 'fast-check'
import { z } from 'zod'
import { flatten } from './flatten.ts'
import { toJsonSchema } from './input-schema.ts'
import { isObject } from './json-object.ts'

const text = { type: 'string' }
const person = z.object({ name: z.string(), nick: z.string().nullable(), age: z.number().optional() })

const cases: readonly [name: string, schema: JsonObject, expected: JsonObject][] = [
  ['drops $schema and what it does not know', { $schema: 'x', type: 'string', 'x-order': 1 }, text],
  ['takes the type of a list of types that is not null', { type: ['null', 'integer'] }, { type: 'integer' }],
  [
    'takes the branch of a union that is not null',
    { anyOf: [{ type: 'null' }, { ...text, minLength: 1 }] },
    { ...text, minLength: 1 },
  ],
  [
    'keeps what stands beside a union',
    { description: 'd', anyOf: [text, { type: 'null' }] },
    { ...text, description: 'd' },
  ],
  ['asks for the first of different types', { anyOf: [text, { type: 'number' }] }, text],
  [
    'calls a whole number or a number a number',
    { anyOf: [{ type: 'integer' }, { type: 'number' }] },
    { type: 'number' },
  ],
  [
    'joins the values of two lists of values',
    { oneOf: [{ const: 'a' }, { enum: ['b', 'a'] }] },
    { ...text, enum: ['a', 'b'] },
  ],
  ['drops a limit that only one branch has', { anyOf: [text, { ...text, maxLength: 3 }] }, text],
  [
    'tells both descriptions of a union',
    {
      anyOf: [
        { ...text, description: 'a' },
        { ...text, description: 'b' },
      ],
    },
    { ...text, description: 'a; or: b' },
  ],
  ['writes a constant as its only value', { const: 5 }, { type: 'integer', enum: [5] }],
  ['takes null out of the values', { enum: ['a', null] }, { ...text, enum: ['a'] }],
  ['knows a level of nothing but null', { type: 'null' }, { type: 'null' }],
  ['lets text stand for anything', {}, text],
  ['sees an object where no type says so', { properties: { a: true } }, { type: 'object', properties: { a: text } }],
  ['sees a list where no type says so', { items: {} }, { type: 'array', items: text }],
  ['sees a number where no type says so', { minimum: 1 }, { type: 'number', minimum: 1 }],
  [
    'leaves out what can never be',
    { type: 'object', properties: { a: false, b: text } },
    { type: 'object', properties: { b: text } },
  ],
  [
    'joins all parts of an intersection',
    {
      allOf: [
        { properties: { a: text }, required: ['a'] },
        { properties: { b: text }, required: ['b'] },
      ],
    },
    { type: 'object', properties: { a: text, b: text }, required: ['a', 'b'] },
  ],
  [
    'requires of a union of objects what each branch requires',
    {
      anyOf: [
        {
          type: 'object',
          properties: { kind: { const: 'a' }, x: text },
          required: ['kind', 'x'],
          additionalProperties: false,
        },
        { type: 'object', properties: { kind: { const: 'b' } }, required: ['kind'], additionalProperties: false },
      ],
    },
    {
      type: 'object',
      properties: { kind: { ...text, enum: ['a', 'b'] }, x: text },
      required: ['kind'],
      additionalProperties: false,
    },
  ],
  [
    'lets a property be left out that may be null',
    { type: 'object', properties: { a: { type: ['string', 'null'] }, b: text }, required: ['a', 'b'] },
    { type: 'object', properties: { a: text, b: text }, required: ['b'] },
  ],
  [
    'keeps the values of an open object',
    { additionalProperties: { const: 1 } },
    { type: 'object', additionalProperties: { type: 'integer', enum: [1] } },
  ],
  [
    'gives the places of a tuple their one type',
    { items: [text, { ...text, maxLength: 2 }] },
    { type: 'array', items: text },
  ],
  [
    'puts definitions in their places, and lets the words beside a reference hold',
    {
      $ref: '#/definitions/a',
      definitions: { a: { type: 'object', properties: { $ref: { $ref: '#/$defs/b~1c', description: 'own' } } } },
      $defs: { 'b/c': { ...text, description: 'theirs' } },
    },
    { type: 'object', properties: { $ref: { ...text, description: 'own' } } },
  ],
]

for (const [name, schema, expected] of cases) {
  test(`flatten ${name}`, () => assert.deepEqual(flatten(schema).schema, expected))
}

const refusals: readonly [name: string, schema: JsonObject, expected: RegExp][] = [
  ['that contains itself', { properties: { next: { $ref: '#' } } }, /must not contain itself, which "#" does/],
  [
    'whose definitions contain each other',
    { $ref: '#/$defs/a', $defs: { a: { items: { $ref: '#/$defs/b' } }, b: { items: { $ref: '#/$defs/a' } } } },
    /must not contain itself/,
  ],
  ['that refers to another document', { $ref: 'https://example.com/a.json' }, /current value is https:\/\/example.com/],
  ['that refers to nothing', { $ref: '#/$defs/a' }, /current value is #\/\$defs\/a/],
  [
    'with a tuple of different types',
    { items: [text, { type: 'number' }] },
    /must have one type: current value is string, number/,
  ],
]

for (const [name, schema, expected] of refusals) {
  test(`flatten refuses a schema ${name}`, () =>
    assert.throws(() => flatten(schema), { code: 'invalid_request', message: expected }))
}

test('what zod and arktype write for fields that may be null has a type at every level (T55)', () => {
  const ark = type({ name: 'string', nick: 'string|null', 'age?': 'number' })
  for (const schema of [toJsonSchema(person), toJsonSchema(ark)]) {
    assert.deepEqual(flatten(schema).schema, {
      type: 'object',
      properties: { name: text, nick: text, age: { type: 'number' } },
      required: ['name'],
    })
  }
})

test('flatten keeps every property required and closes objects where the provider is to be strict', () => {
  assert.deepEqual(
    flatten(toJsonSchema(z.object({ nick: z.string().nullable(), any: z.record(z.string(), z.number()) })), {
      strict: true,
    }).schema,
    {
      type: 'object',
      properties: { nick: text, any: { type: 'object', additionalProperties: { type: 'number' } } },
      required: ['nick', 'any'],
      additionalProperties: false,
    },
  )
})

test('restore puts null where the schema wants it and the model left it out', () => {
  const { restore } = flatten(toJsonSchema(z.object({ people: z.array(person), owner: person.nullable() })))
  assert.deepEqual(restore({ people: [{ name: 'Ann' }, { name: 'Bo', nick: 'B' }, 5] }), {
    people: [{ name: 'Ann', nick: null }, { name: 'Bo', nick: 'B' }, 5],
    owner: null,
  })
})

const word = fc.constantFrom('a', 'b', '$ref', '__proto__', 'type', 'items')
const { schema: anySchema } = fc.letrec<{ schema: JsonValue }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.boolean(),
    fc.record(
      {
        type: fc.oneof(
          fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', 'object', 'array'),
          fc.uniqueArray(fc.constantFrom('string', 'number', 'null', 'object', 'array')),
        ),
        description: fc.constantFrom('one', 'two'),
        enum: fc.array(fc.constantFrom('a', 'b', 1, 1.5, null, true)),
        const: fc.constantFrom('a', 1, null, false),
        nullable: fc.boolean(),
        minimum: fc.integer(),
        properties: fc.dictionary(word, tie('schema')),
        required: fc.array(word),
        additionalProperties: tie('schema'),
        items: tie('schema'),
        anyOf: fc.array(tie('schema'), { maxLength: 3 }),
        oneOf: fc.array(tie('schema'), { maxLength: 3 }),
        allOf: fc.array(tie('schema'), { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<JsonValue>,
  ),
}))

/** Where Dapr's converter would give up, or pass over what the schema says. */
function unconverted(schema: JsonValue | undefined, at = '#'): string[] {
  if (!isObject(schema) || typeof schema.type !== 'string') return [at]
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : []
  return [
    ...Object.keys(schema).filter((keyword) =>
      ['$ref', 'anyOf', 'oneOf', 'allOf', 'const', 'nullable'].includes(keyword),
    ),
    ...properties.flatMap(([name, property]) => unconverted(property, `${at}/${name}`)),
    ...('items' in schema ? unconverted(schema.items, `${at}/items`) : []),
    ...(isObject(schema.additionalProperties) ? unconverted(schema.additionalProperties, `${at}/*`) : []),
  ]
}

test('every flat schema has one type at each level, and is its own flat form', () => {
  fc.assert(
    fc.property(anySchema.filter(isObject), fc.boolean(), (schema, strict) => {
      const flat = flatten(schema, { strict }).schema
      assert.deepEqual(unconverted(flat), [])
      assert.deepEqual(flatten(flat, { strict }).schema, flat)
    }),
    { numRuns: 500 },
  )
})
