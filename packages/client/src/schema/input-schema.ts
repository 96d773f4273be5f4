/**
 * A shape that a program gives, in whichever library it writes shapes: as a Standard Schema (zod, valibot, arktype) or as
 * plain JSON Schema. Tools use it for their arguments, structured output for the answer.
 */
import type { JsonObject } from '@dapr-chat/protocol'
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import { InvalidRequestError } from '../errors.ts'

/**
 * A Standard Schema, whose values come out validated and typed, or a JSON Schema, whose values come out as they are: no
 * validator of JSON Schema is part of the client. `jsonSchema` joins a JSON Schema with whatever validates it.
 */
export type InputSchema<T = unknown> = StandardSchemaV1<unknown, T> | JsonObject

/** What is wrong with a value, and where in it. */
export interface SchemaIssue {
  readonly message: string
  /** Property names and indexes, from the outside in; empty for the value itself. */
  readonly path: readonly PropertyKey[]
}

/** A Standard Schema that can say itself as JSON Schema. */
export interface DescribedSchema<T> extends StandardSchemaV1<unknown, T> {
  readonly '~standard': StandardSchemaV1.Props<unknown, T> & StandardJSONSchemaV1.Props<unknown, T>
}

/**
 * A JSON Schema together with what validates it: a Standard Schema of a library that writes no JSON Schema, or a function
 * that returns the value or throws an error that says what is wrong.
 */
export function jsonSchema<T = JsonObject>(
  schema: JsonObject,
  validate: StandardSchemaV1<unknown, T> | ((value: unknown) => T | Promise<T>),
): DescribedSchema<T> {
  const check = '~standard' in validate ? validate['~standard'].validate : checkWith(validate)
  return {
    '~standard': {
      version: 1,
      vendor: 'dapr-chat',
      validate: check,
      jsonSchema: { input: () => schema, output: () => schema },
    },
  }
}

/**
 * The JSON Schema, draft 7, of what a model has to write: a schema's input, before its own transformations.
 * @throws InvalidRequestError where the schema's library cannot say it.
 */
export function toJsonSchema(schema: InputSchema): JsonObject {
  const { $schema: _, ...described } = isStandardSchema(schema) ? describe(schema) : schema
  return described
}

/** The validated value, or what is wrong with it. A JSON Schema alone lets every value pass. */
export async function validate<T>(
  schema: InputSchema<T>,
  value: unknown,
): Promise<
  { readonly value: T; readonly issues?: never } | { readonly issues: readonly SchemaIssue[]; readonly value?: never }
> {
  // Without a validator the type is the program's own claim.
  if (!isStandardSchema(schema)) return { value: value as T }
  const result = await schema['~standard'].validate(value)
  if (!result.issues) return { value: result.value }
  return {
    issues: result.issues.map(({ message, path = [] }) => ({
      message,
      path: path.map((segment) => (typeof segment === 'object' ? segment.key : segment)),
    })),
  }
}

/** An issue in one line, such as `items[0].age: expected number`. */
export function describeIssue({ message, path }: SchemaIssue): string {
  let place = ''
  for (const key of path) {
    if (typeof key === 'number') place += `[${key}]`
    else place += place === '' ? String(key) : `.${String(key)}`
  }
  // arktype's messages begin with the place.
  return place === '' || message.startsWith(place) ? message : `${place}: ${message}`
}

/** arktype's schemas are functions, the others' are objects. */
function isStandardSchema<T>(schema: InputSchema<T>): schema is StandardSchemaV1<unknown, T> {
  return '~standard' in schema
}

function describe(schema: StandardSchemaV1): JsonObject {
  const { vendor, ...standard } = schema['~standard']
  const beside = 'give a JSON Schema beside it, as jsonSchema({ type: "object", … }, schema)'
  if (!('jsonSchema' in standard)) {
    throw new InvalidRequestError(
      `Cannot use a schema of ${vendor}: it has no JSON Schema to show to the model: ${beside}`,
    )
  }
  try {
    const { input } = standard.jsonSchema as StandardJSONSchemaV1.Converter
    return input({ target: 'draft-07' }) as JsonObject
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidRequestError(`Cannot use a schema of ${vendor}: it has no JSON Schema (${reason}): ${beside}`, {
      cause,
    })
  }
}

function checkWith<T>(validate: (value: unknown) => T | Promise<T>) {
  return async (value: unknown): Promise<StandardSchemaV1.Result<T>> => {
    try {
      return { value: await validate(value) }
    } catch (error) {
      return { issues: [{ message: error instanceof Error ? error.message : String(error) }] }
    }
  }
}
