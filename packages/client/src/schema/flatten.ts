/**
 * JSON Schema as Dapr's converter keeps it. It needs one `type`, as a string, at every level, reads `description`, `enum`,
 * `properties`, `required`, `items` and a boolean `additionalProperties`, and where a level lacks its type it lets the model
 * answer without any schema and only logs that (components-contrib, `langchaingokit/workarounds.go`). So references are
 * resolved, unions become one shape that covers them, and `null` becomes leaving out.
 */
import type { JsonObject, JsonValue } from '@dapr-chat/protocol'
import { InvalidRequestError } from '../errors.ts'
import { alternatives, both, empty, type Flat } from './flat.ts'
import { isObject } from './json-object.ts'
import { resolveReferences } from './references.ts'

/** A flat schema, and the way back for the values that are written by it. */
export interface FlatSchema {
  readonly schema: JsonObject
  /** Puts `null` where the original schema wants a property that may be `null` and the value leaves it out. */
  restore(value: unknown): unknown
}

/** Keywords that go along as they are; of all others only the ones that `read` knows are kept. */
const kept = new Set([
  ...['title', 'description', 'default', 'examples', 'format', 'pattern', 'minLength', 'maxLength'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties'],
])

/**
 * The flat form of a schema; a flat schema is its own.
 * @param options.strict keeps every property required that was, even where it may be `null`, and closes objects that do
 *   not say whether they are open, as providers want that keep to a schema strictly.
 * @throws InvalidRequestError for a schema that contains itself, and for a tuple of different types.
 */
export function flatten(schema: JsonObject, { strict = false }: { readonly strict?: boolean } = {}): FlatSchema {
  const flat = settle(read(resolveReferences(schema)))
  return { schema: write(flat, strict), restore: (value) => restore(flat, value) }
}

function read(schema: JsonValue): Flat {
  if (!isObject(schema)) return empty
  const types = list(schema.type).filter((type) => typeof type === 'string')
  const values = 'const' in schema ? [schema.const ?? null] : Array.isArray(schema.enum) ? schema.enum : undefined
  const own: Flat = {
    type: types.find((type) => type !== 'null') ?? types[0],
    nullable:
      schema.nullable === true || (types.length > 1 && types.includes('null')) || values?.includes(null) === true,
    enum: values,
    properties: Object.fromEntries(
      Object.entries(isObject(schema.properties) ? schema.properties : {})
        .filter(([, property]) => property !== false)
        .map(([name, property]) => [name, read(property)]),
    ),
    required: list(schema.required).filter((name) => typeof name === 'string'),
    additional: isObject(schema.additionalProperties)
      ? read(schema.additionalProperties)
      : typeof schema.additionalProperties === 'boolean'
        ? schema.additionalProperties
        : undefined,
    items: readItems(schema),
    rest: Object.fromEntries(Object.entries(schema).filter(([keyword]) => kept.has(keyword))),
  }
  const unions = [list(schema.anyOf), list(schema.oneOf)].filter((union) => union.length > 0)
  return [
    ...list(schema.allOf).map(read),
    ...unions.map((union) =>
      alternatives(union.map((branch) => settle(both({ ...empty, type: own.type }, read(branch))))),
    ),
  ].reduce(both, own)
}

function readItems(schema: JsonObject): Flat | undefined {
  const tuple = [schema.items, schema.prefixItems].find((items) => Array.isArray(items))
  if (!tuple) return isObject(schema.items) || schema.items === true ? read(schema.items) : undefined
  const places = tuple.map((place: JsonValue) => settle(read(place)))
  if (places.length === 0) return undefined
  const all = alternatives(places)
  if (places.some(({ type }) => type !== all.type && type !== 'null' && all.type !== 'number')) {
    throw new InvalidRequestError(
      `Cannot flatten the schema: the places of a tuple must have one type: current value is ${places.map(({ type }) => type).join(', ')}: use an object instead`,
    )
  }
  return all
}

/** Gives every level its one type, and keeps only the values that have it. */
function settle(flat: Flat): Flat {
  const type = flat.type ?? impliedType(flat)
  const values = flat.enum?.filter((value) => value !== null && fits(value, type))
  return {
    ...flat,
    type,
    enum: values && values.length > 0 ? values : undefined,
    nullable: flat.nullable && type !== 'null',
    properties: Object.fromEntries(Object.entries(flat.properties).map(([name, property]) => [name, settle(property)])),
    additional: typeof flat.additional === 'object' ? settle(flat.additional) : flat.additional,
    items: flat.items && settle(flat.items),
  }
}

/** The type of a level that does not state one: what its other keywords speak about, or text, which can say anything. */
function impliedType({ enum: values, properties, required, additional, items, rest }: Flat): string {
  if (values) {
    const [value] = values.filter((one) => one !== null)
    if (value === undefined) return 'null'
    if (Array.isArray(value)) return 'array'
    if (typeof value === 'number')
      return values.every((one) => one === null || Number.isInteger(one)) ? 'integer' : 'number'
    return typeof value
  }
  if (Object.keys(properties).length > 0 || required.length > 0 || additional !== undefined) return 'object'
  if (items || 'minItems' in rest || 'maxItems' in rest) return 'array'
  const numeric = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']
  return numeric.some((keyword) => keyword in rest) ? 'number' : 'string'
}

function fits(value: JsonValue, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isObject(value)
  return typeof value === type
}

function write(
  { type, enum: values, properties, required, additional, items, rest }: Flat,
  strict: boolean,
): JsonObject {
  const schema = { type: type ?? 'string', ...rest, ...(values && { enum: values }) }
  if (type === 'array') return { ...schema, ...(items && { items: write(items, strict) }) }
  if (type !== 'object') return schema
  const stays = required.filter((name) => strict || !properties[name]?.nullable)
  const entries = Object.entries(properties).map(([name, property]) => [name, write(property, strict)] as const)
  const others =
    typeof additional === 'object' ? write(additional, strict) : (additional ?? (strict ? false : undefined))
  return {
    ...schema,
    ...(entries.length > 0 && { properties: Object.fromEntries(entries) }),
    ...(stays.length > 0 && { required: stays }),
    ...(others !== undefined && { additionalProperties: others }),
  }
}

function restore({ properties, required, items }: Flat, value: unknown): unknown {
  if (Array.isArray(value)) return items ? value.map((item) => restore(items, item)) : value
  if (!isObject(value)) return value
  const restored = new Map<string, unknown>(Object.entries(value))
  for (const [name, property] of Object.entries(properties)) {
    if (restored.has(name)) restored.set(name, restore(property, restored.get(name)))
    else if (property.nullable && required.includes(name)) restored.set(name, null)
  }
  return Object.fromEntries(restored)
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value]
}
