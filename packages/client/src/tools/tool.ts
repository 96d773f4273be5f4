/** Tools that the client runs by itself: a described function with a schema and the code behind it. */
import type { JsonObject } from '@dapr-chat/protocol'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { InvalidRequestError } from '../errors.ts'
import type { ChatMessage } from '../message.ts'
import { type InputSchema, toJsonSchema } from '../schema/input-schema.ts'
import { checkToolName } from './tool-name.ts'

/** What a tool is told beside its arguments. */
export interface ToolContext {
  /** Aborted when the call is: the caller left, a deadline passed, another tool failed the whole. */
  readonly signal: AbortSignal
  /** The id of the model's call. */
  readonly toolCallId: string
  /** The step in which the model asked, counted from 1. */
  readonly step: number
  /** The conversation as the model saw it when it asked. */
  readonly messages: readonly ChatMessage[]
}

/** What a tool is made of. */
export interface ToolOptions<Input> {
  /** 1 to 64 letters, digits, `_` or `-`; sent as it is. */
  readonly name: string
  /** What it does, for the model to choose by. */
  readonly description: string
  /**
   * Does the work. What it returns becomes the text that the model reads: a string as it is, everything else as JSON.
   * What it throws becomes a text that begins with `Error`.
   */
  execute(input: Input, context: ToolContext): unknown
  /** How long one run may take, in milliseconds. Default: as long as the call. */
  readonly timeoutMs?: number
  /** Whether the option `approve` of the call is asked before a run; a function decides by the arguments. */
  readonly needsApproval?: boolean | ((input: Input) => boolean | Promise<boolean>)
  /** Whether the provider must keep the arguments to the schema, where it can. */
  readonly strict?: boolean
}

/** A tool that the client can run. It is a plain description of a function too, and may be sent as one. */
export interface Tool<Input = never> extends ToolOptions<Input> {
  /** The schema that the arguments are checked against. */
  readonly input: InputSchema
  /** The same as JSON Schema, for the model. */
  readonly parameters: JsonObject
}

/**
 * Makes a tool.
 * @param options.input the arguments: a Standard Schema (zod, valibot, arktype) or a JSON Schema.
 * @throws InvalidRequestError for a name that providers refuse, a missing description or an impossible timeout.
 */
export function tool<S extends StandardSchemaV1>(
  options: ToolOptions<StandardSchemaV1.InferOutput<S>> & { readonly input: S },
): Tool<StandardSchemaV1.InferOutput<S>>
export function tool<Input = Readonly<Record<string, unknown>>>(
  options: ToolOptions<Input> & { readonly input: JsonObject },
): Tool<Input>
export function tool<Input>(options: ToolOptions<Input> & { readonly input: InputSchema }): Tool<Input> {
  const { name, description, input, timeoutMs } = options
  checkToolName(name)
  if (typeof description !== 'string' || description.trim() === '') {
    throw new InvalidRequestError(
      `Cannot use tool "${name}": its description must say what it does: current value is empty`,
    )
  }
  if (typeof options.execute !== 'function') {
    throw new InvalidRequestError(`Cannot use tool "${name}": execute must be a function`)
  }
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs < 2 ** 31)) {
    throw new InvalidRequestError(
      `Cannot use tool "${name}": timeoutMs must be above 0 and below 2147483648: current value is ${timeoutMs}`,
    )
  }
  return Object.freeze({ ...options, parameters: toJsonSchema(input) })
}
