import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { FastifyInstance } from 'fastify'
import { createSidecar } from '../../sidecar.ts'
import { openApi } from './openapi.ts'

const references = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '')

test('every schema that the description refers to is in it', () => {
  const { schemas } = openApi.components
  const names = references(openApi)
  assert.ok(names.length > 10)
  for (const name of names) assert.ok(name in schemas, name)
})

test('64-bit counts are strings and 32-bit ones numbers, as protojson writes them', () => {
  const { schemas } = openApi.components
  const properties = (name: string) =>
    (schemas as Record<string, { properties?: Record<string, unknown> }>)[name]?.properties
  assert.deepEqual(properties('ConversationResultChoices')?.index, { type: 'string', pattern: '^-?\\d+$' })
  assert.deepEqual(properties('ConversationRequestAlpha2')?.temperature, { type: 'number' })
})

test('the routes of the sidecar and those of the description are the same, with their methods', async () => {
  const routes = new Set<string>()
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', ({ method, url }) => {
      // OpenAPI knows no rest of a path; the console's files have no folders.
      const path = url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{file}')
      for (const each of [method].flat()) routes.add(`${each.toLowerCase()} ${path}`)
    })
  }
  subscribe('fastify.initialization', listen)
  const sidecar = await createSidecar({ httpPort: 0, grpcPort: 0, metricsPort: 0, logLevel: 'fatal' })
  try {
    const { http } = await sidecar.listen()
    const described = Object.entries(openApi.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    )
    assert.deepEqual([...routes].sort(), described.sort())
    const served: unknown = await (await fetch(`${http}/openapi.json`)).json()
    assert.deepEqual(served, JSON.parse(JSON.stringify(openApi)))
  } finally {
    unsubscribe('fastify.initialization', listen)
    await sidecar.close()
  }
})

test('the parameters in a path and those that are described are the same', () => {
  for (const [path, item] of Object.entries(openApi.paths)) {
    for (const { parameters = [] } of Object.values(item) as { parameters?: { name: string; in: string }[] }[]) {
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
      assert.deepEqual(
        inPath,
        Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name),
        path,
      )
    }
  }
})

/** What OpenAPI 3.1 says of the parts that this description has (spec.openapis.org/oas/v3.1.1, section 4.8). */
const openApi31 = {
  type: 'object',
  required: ['openapi', 'info', 'paths'],
  properties: {
    openapi: { type: 'string', pattern: '^3\\.1\\.\\d+$' },
    info: {
      type: 'object',
      required: ['title', 'version'],
      properties: { title: { type: 'string' }, version: { type: 'string' }, description: { type: 'string' } },
      additionalProperties: false,
    },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] },
        additionalProperties: { $ref: '#/$defs/operation' },
      },
    },
    security: { type: 'array', items: { $ref: '#/$defs/security' } },
    components: {
      type: 'object',
      properties: {
        schemas: {
          type: 'object',
          propertyNames: { pattern: '^[a-zA-Z0-9._-]+$' },
          additionalProperties: { $ref: '#/$defs/schema' },
        },
        securitySchemes: {
          type: 'object',
          additionalProperties: {
            oneOf: [
              {
                required: ['type', 'name', 'in'],
                properties: { type: { const: 'apiKey' }, in: { enum: ['query', 'header', 'cookie'] } },
              },
              { required: ['type', 'scheme'], properties: { type: { const: 'http' }, scheme: { type: 'string' } } },
            ],
          },
        },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
  $defs: {
    operation: {
      type: 'object',
      required: ['responses'],
      properties: {
        tags: { type: 'array', items: { type: 'string' }, uniqueItems: true },
        summary: { type: 'string' },
        description: { type: 'string' },
        parameters: { type: 'array', items: { $ref: '#/$defs/parameter' } },
        requestBody: {
          type: 'object',
          required: ['content'],
          properties: { required: { type: 'boolean' }, content: { $ref: '#/$defs/content' } },
          additionalProperties: false,
        },
        responses: {
          type: 'object',
          minProperties: 1,
          propertyNames: { pattern: '^([1-5](\\d\\d|XX)|default)$' },
          additionalProperties: {
            type: 'object',
            required: ['description'],
            properties: { description: { type: 'string' }, content: { $ref: '#/$defs/content' } },
            additionalProperties: false,
          },
        },
      },
      additionalProperties: false,
    },
    parameter: {
      type: 'object',
      required: ['name', 'in', 'schema'],
      properties: {
        name: { type: 'string' },
        in: { enum: ['query', 'header', 'path', 'cookie'] },
        description: { type: 'string' },
        required: { type: 'boolean' },
        schema: { $ref: '#/$defs/schema' },
      },
      additionalProperties: false,
      if: { properties: { in: { const: 'path' } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ['required'], properties: { required: { const: true } } },
    },
    content: {
      type: 'object',
      propertyNames: { pattern: '^[\\w*.+-]+/[\\w*.+-]+$' },
      additionalProperties: {
        type: 'object',
        required: ['schema'],
        properties: { schema: { $ref: '#/$defs/schema' } },
        additionalProperties: false,
      },
    },
    security: { type: 'object', additionalProperties: { type: 'array' } },
    schema: { $ref: 'https://json-schema.org/draft/2020-12/schema' },
  },
}

test('the description is an OpenAPI 3.1 document, and its schemas are those of JSON Schema 2020-12', () => {
  const validate = new Ajv2020({ strict: false }).compile(openApi31)
  const document: unknown = JSON.parse(JSON.stringify(openApi))
  assert.ok(validate(document), JSON.stringify(validate.errors, null, 2))
  const broken: Record<string, unknown> = structuredClone(document as Record<string, unknown>)
  broken.paths = { '/x': { get: { responses: { 200: {} } } } }
  assert.equal(validate(broken), false)
})
