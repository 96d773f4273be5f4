/**
 * JSON Schema of a component file, for editors: `docs/schemas/component.json`, and what `dapr-chat init` writes beside a
 * component. Which metadata an entry may be depends on the type. Names are compared without case and values may hold variables, as in the loader.
 */
import type { AnyProviderDefinition, Setting } from '../providers/provider.ts'
import type { Schema } from './schema.ts'
import { secretStoreKinds } from './secrets/secret-stores.ts'

/** What the schema reads of a kind of component. */
type Declared = Pick<AnyProviderDefinition, 'type' | 'settings'> & { readonly description?: string }

/** A value that the environment fills in is text, whatever it stands for. */
const variable: Schema = { type: 'string', pattern: '\\$\\{|\\{(uuid|podName|namespace|appID)\\}' }

const variableRef: Schema = { $ref: '#/definitions/variable-text' }

const valuesByType: Readonly<Record<Setting['type'], readonly Schema[]>> = {
  string: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }],
  integer: [{ type: 'integer' }, { type: 'string', pattern: '^[+-]?\\d+$' }, variableRef],
  number: [
    { type: 'number' },
    { type: 'string', pattern: '^[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?$' },
    variableRef,
  ],
  boolean: [{ type: 'boolean' }, { type: 'string' }],
  duration: [
    { type: 'integer' },
    { type: 'string', pattern: '^([+-]?\\d+|[+-]?((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+)$' },
    variableRef,
  ],
}

/** The schema of the files of all these components, and of the secret stores that they may name. */
export function componentSchema(components: readonly AnyProviderDefinition[]): Schema {
  const definitions: readonly Declared[] = [...components, ...secretStoreKinds]
  const shared = new SharedSchemas()
  const allOf = definitions.map((definition) => forType(definition, shared))
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A component of Dapr: a conversation component, or a secret store',
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { const: 'dapr.io/v1alpha1' },
      kind: { const: 'Component' },
      metadata: {
        type: 'object',
        required: ['name'],
        properties: {
          name: {
            type: 'string',
            pattern: '^[^/%]+$',
            description: 'The name by which callers ask for the component.',
          },
          namespace: { type: 'string' },
        },
      },
      spec: {
        type: 'object',
        required: ['type'],
        properties: {
          type: {
            // Other types are other building blocks, or kinds of component that a program has added.
            anyOf: [
              ...definitions.map(({ type, description }) => ({
                const: type,
                ...(description !== undefined && { description: sentence(description) }),
              })),
              { type: 'string', not: { pattern: anyCase(definitions.map(({ type }) => type)) } },
            ],
          },
          version: { type: 'string', enum: ['v1'] },
          ignoreErrors: {
            type: 'boolean',
            description: 'Whether the sidecar starts without this component where it fails.',
          },
          metadata: { type: 'array', items: { $ref: '#/definitions/metadata-entry' } },
        },
      },
      scopes: {
        type: 'array',
        items: { type: 'string' },
        description: 'The app ids that may load the component; all where there are none.',
      },
      auth: { type: 'object', properties: { secretStore: { type: 'string' } } },
    },
    definitions: { 'metadata-entry': entry, 'variable-text': variable, ...shared.definitions },
    allOf,
  }
}

const entry: Schema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1 },
    value: {},
    envRef: { type: 'string', description: 'The environment variable that holds the value.' },
    secretKeyRef: { type: 'object', properties: { name: { type: 'string' }, key: { type: 'string' } } },
  },
}

/** Schemas that several types share, each written down once. */
class SharedSchemas {
  readonly definitions: Record<string, Schema> = {}
  readonly #names = new Map<string, string>()

  /** A reference to the schema, under this name or one like it. */
  refer(name: string, schema: Schema): Schema {
    const text = JSON.stringify(schema)
    let known = this.#names.get(text)
    if (known === undefined) {
      known = name
      for (let count = 2; known in this.definitions; count++) known = `${name}-${count}`
      this.definitions[known] = schema
      this.#names.set(text, known)
    }
    return { $ref: `#/definitions/${known}` }
  }
}

function forType({ type, settings }: Declared, shared: SharedSchemas): Schema {
  const declared = Object.entries(settings)
  const names = declared.flatMap(([name, { aliases = [] }]) => [name, ...aliases])
  const required = declared.filter(([, setting]) => setting.required)
  return {
    if: {
      required: ['spec'],
      properties: { spec: { required: ['type'], properties: { type: { const: type } } } },
    },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      properties: {
        spec: {
          ...(required.length > 0 && { required: ['type', 'metadata'] }),
          properties: {
            metadata: {
              items: {
                properties: { name: { anyOf: [{ enum: names }, { pattern: anyCase(names) }] } },
                allOf: declared.map(([name, setting]) =>
                  shared.refer(name, forSetting([name, ...(setting.aliases ?? [])], setting)),
                ),
              },
              ...(required.length > 0 && {
                allOf: required.map(([name, { aliases = [] }]) => ({
                  contains: { required: ['name'], properties: { name: { pattern: anyCase([name, ...aliases]) } } },
                })),
              }),
            },
          },
        },
      },
    },
  }
}

function forSetting(names: readonly string[], setting: Setting): Schema {
  const { choices } = setting
  const values = choices
    ? [{ enum: [...choices] }, { type: 'string', pattern: anyCase(choices) }, variableRef]
    : valuesByType[setting.type]
  return {
    if: { required: ['name'], properties: { name: { pattern: anyCase(names) } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      properties: {
        value: {
          description: sentence(setting.description),
          ...(setting.default !== undefined && setting.type !== 'duration' && { default: setting.default }),
          anyOf: values,
        },
      },
    },
  }
}

/** A pattern of these words in any case; patterns of JSON Schema have no flags. */
function anyCase(words: readonly string[]): string {
  const patterns = words.map((word) =>
    word.replaceAll(/[a-z]|[.*+?^${}()|[\]\\]/gi, (char) =>
      /[a-z]/i.test(char) ? `[${char.toLowerCase()}${char.toUpperCase()}]` : `\\${char}`,
    ),
  )
  return `^(${patterns.join('|')})$`
}

/** Ends a sentence that does not end by itself. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
