import type { JsonObject } from './json.ts'

/** A function that the model may ask to have called. */
export interface ToolDefinition {
  readonly name: string
  readonly description?: string
  /** JSON Schema of the arguments; absent means that the tool takes none. */
  readonly parameters?: JsonObject
  /** Whether the provider must keep the arguments to the schema, where it can. */
  readonly strict?: boolean
}

/** A call that the model asked for. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  /** The arguments as the model wrote them: JSON in all but broken answers, and never repaired here. */
  readonly arguments: string
  /** The vendor's signature of the call: opaque, and to be sent back as it came. */
  readonly signature?: string
}

/** Whether the model may, must or must not call a tool, or which one it must call. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }
