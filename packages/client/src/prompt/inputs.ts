/** The inputs that a prompt declares, and the check of the values that a program gives for them. */
import { PromptTemplateError } from '../errors.ts'
import { isObject } from '../schema/json-object.ts'

/** One value that a prompt wants. */
export interface PromptInput {
  readonly name: string
  /** Its type, in Prompty's words; `thread` is a list of messages. Absent where the prompt does not say. */
  readonly kind?: string
  readonly description?: string
  /** Whether it must be given. Where the prompt does not say, it must unless the template copes without it. */
  readonly required?: boolean
  /** What stands in for it. */
  readonly default?: unknown
  /** A value to try the prompt with; never used unless the program gives it. */
  readonly sample?: unknown
  /** The only values that it may have. */
  readonly values?: readonly unknown[]
}

const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  float: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  array: Array.isArray,
  object: isObject,
  thread: (value) =>
    Array.isArray(value) && value.every((message) => isObject(message) && typeof message.role === 'string'),
}

/**
 * The inputs of a front matter: a list of properties with names, or a mapping from names to properties or to defaults.
 * @throws PromptTemplateError for an input without a name, and for a kind that cannot be put into text.
 */
export function readInputs(inputs: unknown, what: string): PromptInput[] {
  if (inputs === undefined || inputs === null) return []
  if (Array.isArray(inputs)) {
    return inputs.map((input: unknown) => {
      if (isObject(input) && typeof input.name === 'string') return readInput(input.name, input, what)
      throw new PromptTemplateError(`Cannot read ${what}: every input in a list must have a name`)
    })
  }
  if (!isObject(inputs)) throw new PromptTemplateError(`Cannot read ${what}: inputs must be a list or a mapping`)
  return Object.entries(inputs).map(([name, input]) =>
    readInput(name, isObject(input) ? input : { default: input }, what),
  )
}

function readInput(name: string, input: Readonly<Record<string, unknown>>, what: string): PromptInput {
  const kind = input.kind ?? input.type
  if (kind !== undefined && !(typeof kind === 'string' && Object.hasOwn(checks, kind))) {
    throw new PromptTemplateError(
      `Cannot read ${what}: the kind of input "${name}" must be one of ${Object.keys(checks).join(', ')}: current value is ${String(kind)}`,
    )
  }
  const required = input.required ?? input.is_required
  const sample = input.sample ?? input.example
  const values = input.enumValues ?? input.enum
  return {
    name,
    ...(kind !== undefined && { kind }),
    ...(typeof input.description === 'string' && { description: input.description }),
    ...(typeof required === 'boolean' && { required }),
    ...(input.default !== undefined && input.default !== null && { default: input.default }),
    ...(sample !== undefined && { sample }),
    ...(Array.isArray(values) && { values }),
  }
}

/** @throws PromptTemplateError for a value that is not of the input's kind or not one of its values. */
export function checkValue({ name, kind, values }: PromptInput, value: unknown, what: string): void {
  if (kind !== undefined && !checks[kind]?.(value)) {
    const must = kind === 'thread' ? 'a list of messages' : `of kind ${kind}`
    throw new PromptTemplateError(
      `Cannot render ${what}: input "${name}" must be ${must}: current value is of type ${Array.isArray(value) ? 'array' : typeof value}`,
    )
  }
  if (values && !values.includes(value)) {
    throw new PromptTemplateError(
      `Cannot render ${what}: input "${name}" must be one of ${values.join(', ')}: current value is ${String(value)}`,
    )
  }
}
