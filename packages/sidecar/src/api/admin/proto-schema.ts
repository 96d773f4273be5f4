/**
 * JSON Schemas of protobuf messages, as their JSON form is defined (protobuf.dev, "ProtoJSON format"), made from the
 * descriptors, so that the description of the API cannot fall behind the wire.
 */
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'

/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>

/** Messages whose JSON form is not that of their fields. */
const wellKnown: Readonly<Record<string, Schema>> = {
  'google.protobuf.Struct': { type: 'object' },
  'google.protobuf.Duration': { type: 'string', pattern: '^-?\\d+(\\.\\d{1,9})?s$' },
  'google.protobuf.Any': {
    type: 'object',
    properties: { '@type': { type: 'string', description: 'Such as type.googleapis.com/google.protobuf.Int64Value.' } },
  },
}

/** The schemas of messages and of all that they hold, by name. */
export function protoSchemas(messages: readonly DescMessage[]): Record<string, Schema> {
  const schemas: Record<string, Schema> = {}
  const add = (message: DescMessage): void => {
    if (message.name in schemas || message.typeName in wellKnown) return
    // Before its fields: a message may hold itself.
    schemas[message.name] = {}
    const properties = Object.fromEntries(message.fields.map((field) => [field.jsonName, fieldSchema(field, add)]))
    schemas[message.name] = { type: 'object', properties }
  }
  for (const message of messages) add(message)
  return schemas
}

/** A reference to the schema of a message. */
export function reference(message: DescMessage): Schema {
  return { $ref: `#/components/schemas/${message.name}` }
}

function fieldSchema(field: DescField, add: (message: DescMessage) => void): Schema {
  switch (field.fieldKind) {
    case 'message':
      return messageSchema(field.message, add)
    case 'scalar':
      return scalarSchema(field.scalar)
    case 'enum':
      return { type: 'string', enum: field.enum.values.map(({ name }) => name) }
    case 'list': {
      const items = field.listKind === 'message' ? messageSchema(field.message, add) : { type: 'string' }
      return { type: 'array', items }
    }
    case 'map': {
      const values = field.mapKind === 'message' ? messageSchema(field.message, add) : { type: 'string' }
      return { type: 'object', additionalProperties: values }
    }
  }
}

function messageSchema(message: DescMessage, add: (message: DescMessage) => void): Schema {
  const known = wellKnown[message.typeName]
  if (known) return known
  add(message)
  return reference(message)
}

function scalarSchema(scalar: ScalarType): Schema {
  switch (scalar) {
    case ScalarType.STRING:
      return { type: 'string' }
    case ScalarType.BOOL:
      return { type: 'boolean' }
    case ScalarType.BYTES:
      return { type: 'string', format: 'byte' }
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { type: 'number' }
    case ScalarType.INT64:
    case ScalarType.UINT64:
      // A number would lose the lowest digits of what 64 bits can hold.
      return { type: 'string', pattern: '^-?\\d+$' }
    default:
      return { type: 'integer' }
  }
}
