/** Tools that the model may ask to have called, as plain JSON Schema, and how they become the vocabulary's. */
import type { JsonObject, ToolChoice, ToolDefinition } from '@dapr-chat/protocol'
import { InvalidRequestError } from '../errors.ts'
import type { Tool } from './tool.ts'
import { checkToolName } from './tool-name.ts'

/** A function, described. */
export interface ChatToolFunction {
  /** 1 to 64 letters, digits, `_` or `-`; sent as it is. */
  readonly name: string
  readonly description?: string
  /** JSON Schema of the arguments; absent means that it takes none. */
  readonly parameters?: JsonObject
  /** Whether the provider must keep the arguments to the schema, where it can. */
  readonly strict?: boolean
}

/** A tool: one that the client can run, or a described function, bare or in OpenAI's wrapping, for the program to run. */
export type ChatTool = Tool | ChatToolFunction | { readonly type: 'function'; readonly function: ChatToolFunction }

/** Whether the model may, must or must not call a tool, or which one it must call. */
export type ChatToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string }

/**
 * The vocabulary's tools.
 * @throws InvalidRequestError for a name that providers refuse, or one that two tools share.
 */
export function readTools(tools: readonly ChatTool[]): ToolDefinition[] {
  const names = new Set<string>()
  return tools.map((tool) => {
    const { name, description, parameters, strict } = 'function' in tool ? tool.function : tool
    checkToolName(name)
    if (names.has(name)) throw new InvalidRequestError(`Cannot use the tools: two of them have the name "${name}"`)
    names.add(name)
    return {
      name,
      ...(description !== undefined && { description }),
      ...(parameters !== undefined && { parameters }),
      ...(strict !== undefined && { strict }),
    }
  })
}

/**
 * The vocabulary's tool choice.
 * @throws InvalidRequestError where it names a tool that is not among those given.
 */
export function readToolChoice(choice: ChatToolChoice, tools: readonly ToolDefinition[]): ToolChoice {
  if (choice === 'auto' || choice === 'none') return choice
  if (choice === 'required') {
    if (tools.length > 0) return choice
    throw new InvalidRequestError('Cannot use toolChoice "required": tools must hold at least one tool')
  }
  const name = choice?.tool
  if (tools.some((tool) => tool.name === name)) return { name }
  throw new InvalidRequestError(
    `Cannot use toolChoice: it must be auto, none, required or { tool } with one of the tools given (${tools.map((tool) => tool.name).join(', ') || 'none'}): current value is ${JSON.stringify(choice)}`,
  )
}
