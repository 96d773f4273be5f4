/** Replaces the `$ref`s of a JSON Schema by what they stand for, for those who read it and follow no references. */
import type { JsonObject, JsonValue } from '@dapr-chat/protocol'
import { InvalidRequestError } from '../errors.ts'
import { isObject } from './json-object.ts'

/** Keywords that hold one schema, a list of them, or either. */
const nested = new Set([
  ...['items', 'prefixItems', 'additionalItems', 'additionalProperties', 'contains', 'propertyNames'],
  ...['anyOf', 'oneOf', 'allOf', 'not', 'if', 'then', 'else'],
])

/** Keywords that hold schemas by name. */
const named = new Set(['properties', 'patternProperties', 'dependentSchemas'])

/** Keywords that only references need. */
const bookkeeping = new Set(['$schema', '$id', '$defs', 'definitions', '$ref', '$anchor', '$comment'])

/**
 * The schema without references; the keywords beside a `$ref` stay and hold over what it stands for.
 * @throws InvalidRequestError for a reference to itself, out of the document or to nowhere.
 */
export function resolveReferences(root: JsonObject): JsonObject {
  const resolveAll = (value: JsonValue, open: readonly string[]): JsonValue =>
    Array.isArray(value)
      ? value.map((one: JsonValue) => resolveAll(one, open))
      : isObject(value)
        ? resolve(value, open)
        : value

  function resolve(schema: JsonObject, open: readonly string[]): JsonObject {
    const own: Record<string, JsonValue> = {}
    for (const [keyword, value] of Object.entries(schema)) {
      if (bookkeeping.has(keyword)) continue
      if (named.has(keyword) && isObject(value)) {
        own[keyword] = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolveAll(one, open)]))
      } else own[keyword] = nested.has(keyword) ? resolveAll(value, open) : value
    }
    const reference = schema.$ref
    if (typeof reference !== 'string') return own
    if (open.includes(reference)) {
      throw new InvalidRequestError(
        `Cannot resolve the schema: it must not contain itself, which "${reference}" does: limit its depth, or use the mode "prompt", which can show it as it is`,
      )
    }
    return { ...resolve(find(root, reference), [...open, reference]), ...own }
  }

  return resolve(root, ['#'])
}

function find(root: JsonObject, reference: string): JsonObject {
  const [document, ...steps] = reference.split('/')
  let found: JsonValue | undefined = document === '#' ? root : undefined
  for (const step of steps) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    const here: JsonValue | undefined = found
    found = isObject(here) || Array.isArray(here) ? (here as JsonObject)[key] : undefined
  }
  if (found === true) return {}
  if (isObject(found)) return found
  throw new InvalidRequestError(
    `Cannot resolve the schema: a $ref must point into the same schema, such as #/$defs/name: current value is ${reference}`,
  )
}
