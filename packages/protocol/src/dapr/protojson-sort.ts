/**
 * Sorts the keys of maps and Structs in written protojson, as Go does, and has Go's words for what a map of Any holds. Fields of messages keep their order. Messages that
 * cannot hold a map, which all answers of alpha2 and its stream are, come back untouched and unvisited.
 */
import type { DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf'
import { writeAnyAsGo } from './protojson-any.ts'

const answers = new WeakMap<DescMessage, boolean>()

/** Sorts the keys in the protojson of a message of `schema`. */
export function sortKeys(schema: DescMessage, json: JsonValue): JsonValue {
  if (!holdsMap(schema) || !isObject(json)) return json
  const sorted: JsonObject = {}
  for (const [name, value] of Object.entries(json)) {
    const field = schema.fields.find((field) => field.jsonName === name)
    if (!field) continue
    if (field.fieldKind === 'map') sorted[name] = sortAll(field.message && isObject(value) ? anysAsGo(value) : value)
    else if (!field.message) sorted[name] = value
    else if (isWellKnown(field.message)) sorted[name] = sortAll(value)
    else if (Array.isArray(value))
      sorted[name] = value.map((item) => (field.message ? sortKeys(field.message, item) : item))
    else sorted[name] = sortKeys(field.message, value)
  }
  return sorted
}

/** The only messages that a map of this service holds are of the type Any. */
function anysAsGo(map: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, any]) => [key, writeAnyAsGo(any)]))
}

/** No map of this service holds messages of its own, so below a map or a Struct everything is a key. */
function sortAll(json: JsonValue): JsonValue {
  if (Array.isArray(json)) return json.map(sortAll)
  if (!isObject(json)) return json
  const names = Object.keys(json).sort()
  return Object.fromEntries(names.map((name) => [name, sortAll(json[name] ?? null)]))
}

function holdsMap(schema: DescMessage): boolean {
  const known = answers.get(schema)
  if (known !== undefined) return known
  answers.set(schema, false)
  const answer = schema.fields.some(
    (field) =>
      field.fieldKind === 'map' ||
      (field.message !== undefined && (isWellKnown(field.message) || holdsMap(field.message))),
  )
  answers.set(schema, answer)
  return answer
}

function isWellKnown(message: DescMessage): boolean {
  return message.typeName.startsWith('google.protobuf.')
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
