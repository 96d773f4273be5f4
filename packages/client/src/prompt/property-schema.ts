/** JSON Schema of what Prompty calls properties: the parameters of a tool, or the outputs of a prompt. */
import type { JsonObject, JsonValue } from '@dapr-chat/protocol'
import { PromptTemplateError } from '../errors.ts'
import { isObject } from '../schema/json-object.ts'

const types: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  float: 'number',
  boolean: 'boolean',
  array: 'array',
  object: 'object',
}

/**
 * The schema of an object with these properties, which are a list with names or a mapping from names.
 * @throws PromptTemplateError for a property without a name or of an unknown kind.
 */
export function propertiesSchema(properties: JsonValue | undefined, what: string): JsonObject {
  const entries = Array.isArray(properties)
    ? properties.map((property: JsonValue) => [isObject(property) ? property.name : undefined, property] as const)
    : Object.entries(isObject(properties) ? properties : {})
  const required = entries.flatMap(([name, property]) =>
    isObject(property) && property.required === true ? [name ?? ''] : [],
  )
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, property]) => {
        if (typeof name === 'string') return [name, propertySchema(property, `${what}, property "${name}"`)]
        throw new PromptTemplateError(`Cannot read ${what}: every property in a list must have a name`)
      }),
    ),
    ...(required.length > 0 && { required }),
  }
}

function propertySchema(property: JsonValue, what: string): JsonObject {
  const { kind, type, description, enumValues, items, properties }: JsonObject = isObject(property)
    ? property
    : { kind: property }
  const known = types[String(kind ?? type)]
  if (known === undefined) {
    throw new PromptTemplateError(
      `Cannot read ${what}: its kind must be one of ${Object.keys(types).join(', ')}: current value is ${String(kind ?? type)}`,
    )
  }
  return {
    ...(known === 'object' ? propertiesSchema(properties, what) : { type: known }),
    ...(typeof description === 'string' && { description }),
    ...(Array.isArray(enumValues) && { enum: enumValues }),
    ...(known === 'array' && items !== undefined && { items: propertySchema(items, `${what}, items`) }),
  }
}
