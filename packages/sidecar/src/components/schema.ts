/** What the schemas for editors are made of: `component-schema.ts`, and those of the other kinds of resource. */

/** A JSON Schema, or a part of one. */
export type Schema = { readonly [member: string]: Schema | SchemaValue | readonly (Schema | SchemaValue)[] }

type SchemaValue = string | number | boolean

/** What every resource has around its `spec`. */
export function resourceSchema(title: string, kind: string, spec: Schema, more: Schema = {}): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title,
    type: 'object',
    required: ['kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { const: 'dapr.io/v1alpha1' },
      kind: { const: kind },
      metadata: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string', minLength: 1 }, namespace: { type: 'string' } },
      },
      spec,
      ...more,
    },
  }
}

/** A mapping with these entries and no others. */
export function closed(properties: Schema, description?: string): Schema {
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    properties,
    additionalProperties: false,
  }
}

/** A mapping of names to what each of them stands for. */
export function byName(entry: Schema): Schema {
  return { type: ['object', 'null'], additionalProperties: entry }
}

/** Text that the environment fills in, whatever it stands for. */
export const filledIn: Schema = { type: 'string', pattern: '\\$\\{' }
