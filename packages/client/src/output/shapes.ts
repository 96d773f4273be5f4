/** The shapes that a program can ask for: an object, a list, one of several words, or any JSON. */
import type { JsonObject, JsonValue } from '@dapr-chat/protocol'
import { InvalidRequestError } from '../errors.ts'
import { describeIssue, type InputSchema, toJsonSchema, validate } from '../schema/input-schema.ts'
import { isObject } from '../schema/json-object.ts'
import type { OutputOptions, OutputReading, OutputSpec } from './output-spec.ts'
import { shapedOutput } from './shaped-output.ts'

/**
 * An object.
 * @param schema a Standard Schema, by which the value is validated and typed, or JSON Schema, by which it is not.
 * @throws InvalidRequestError for a schema that is not one of an object or cannot be shown to the model.
 */
export function object<T = JsonObject>(schema: InputSchema<T>, options: OutputOptions = {}): OutputSpec<T> {
  return shapedOutput<T>(
    {
      schema: toJsonSchema(schema),
      kind: 'a JSON object',
      accepts: isObject,
      unwrap: (written) => (isObject(written) ? written : undefined),
      check: (value) => check(schema, value),
    },
    options,
  )
}

/**
 * A list, of which each item fits the schema. On the wire it is an object with the list in it, because providers want an
 * object.
 * @param schema as for `object`; its values need not be objects.
 * @throws InvalidRequestError for a schema that cannot be shown to the model.
 */
export function array<T = JsonObject>(schema: InputSchema<T>, options: OutputOptions = {}): OutputSpec<T[]> {
  return shapedOutput<T[]>(
    {
      schema: {
        type: 'object',
        properties: { items: { type: 'array', items: moved(toJsonSchema(schema), '#/properties/items/items') } },
        required: ['items'],
        additionalProperties: false,
      },
      kind: 'a JSON object with a list "items"',
      accepts: (written) => Array.isArray(listIn(written)),
      unwrap: listIn,
      async check(items) {
        const list: readonly unknown[] = Array.isArray(items) ? items : []
        const readings = await Promise.all(list.map((item, index) => check(schema, item, ['items', index])))
        const issues = readings.flatMap((reading) => reading.issues ?? [])
        if (issues.length > 0) return { issues }
        return { value: readings.flatMap((reading) => (reading.issues ? [] : [reading.value])) }
      },
    },
    options,
  )
}

/**
 * One of several words, as they are written here.
 * @throws InvalidRequestError where there is none, or one twice.
 */
export function choice<const T extends string>(words: readonly T[], options: OutputOptions = {}): OutputSpec<T> {
  if (words.length === 0 || new Set(words).size < words.length) {
    throw new InvalidRequestError(
      `Cannot use the words of a choice: there must be at least one and each only once: current value is ${JSON.stringify(words)}`,
    )
  }
  const word = (value: unknown) => words.find((one) => one === value)
  // The beginning of a word is not taken: it may be the beginning of another one.
  const wordIn = (written: unknown) => word(typeof written === 'string' ? written : property(written, 'choice'))
  return shapedOutput<T>(
    {
      schema: {
        type: 'object',
        properties: { choice: { type: 'string', enum: words } },
        required: ['choice'],
        additionalProperties: false,
      },
      kind: `a JSON object with a "choice" that is one of ${words.map((one) => JSON.stringify(one)).join(', ')}`,
      accepts: (written) => wordIn(written) !== undefined,
      unwrap: wordIn,
      check: async (value) => ({ value: value as T }),
      bare: word,
    },
    options,
  )
}

/** Any JSON, without a schema; what it is to hold is said in the question. In mode `tool` it is an object. */
export function json(options: Omit<OutputOptions, 'strict'> = {}): OutputSpec<JsonValue> {
  return shapedOutput<JsonValue>(
    {
      schema: undefined,
      kind: 'JSON',
      accepts: () => true,
      unwrap: (written) => written,
      check: async (value) => ({ value: value as JsonValue }),
    },
    options,
  )
}

async function check<T>(
  schema: InputSchema<T>,
  value: unknown,
  path: readonly PropertyKey[] = [],
): Promise<OutputReading<T>> {
  const checked = await validate(schema, value)
  if (!checked.issues) return checked
  return { issues: checked.issues.map((issue) => describeIssue({ ...issue, path: [...path, ...issue.path] })) }
}

function listIn(written: unknown): unknown {
  return Array.isArray(written) ? written : property(written, 'items')
}

/** A schema that stands at another place: what it refers to in itself stands there too. */
function moved(schema: JsonObject, place: string): JsonObject {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === '$ref' && typeof value === 'string' && value.startsWith('#') ? place + value.slice(1) : value,
  )
}

function property(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}
