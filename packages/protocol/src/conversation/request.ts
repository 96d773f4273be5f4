import type { JsonObject, JsonValue } from './json.ts'
import type { Message } from './message.ts'
import type { ToolChoice, ToolDefinition } from './tool.ts'

/** The shape that the answer must have. `text` is the default and therefore never stated. */
export type ResponseFormat =
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema'
      readonly name: string
      readonly schema: JsonObject
      readonly description?: string
      readonly strict?: boolean
    }

/** From which sides of a conversation personal data is to be taken out. At least one of them is. */
export interface Scrub {
  /** The messages to scrub, as their places in the request's `messages`, in ascending order. */
  readonly messages: readonly number[]
  /** Whether the answer is to be scrubbed. */
  readonly output: boolean
}

/** One question to a model, whichever wire it came over. */
export interface ConversationRequest {
  /** All messages in order. Dapr allows a conversation without any. */
  readonly messages: readonly Message[]
  /** The caller's name for the conversation; given back with the answer. */
  readonly contextId?: string
  /** Asks for another model than the component's own. */
  readonly model?: string
  readonly temperature?: number
  /** The most tokens that the answer may have. */
  readonly maxTokens?: number
  readonly tools?: readonly ToolDefinition[]
  readonly toolChoice?: ToolChoice
  readonly responseFormat?: ResponseFormat
  /** How long the provider should keep the prompt in its own cache, in milliseconds. */
  readonly promptCacheRetentionMs?: number
  /** Further parameters in the provider's own names, passed on as they are. */
  readonly parameters?: Readonly<Record<string, JsonValue>>
  /** Labels that the provider stores with the answer. */
  readonly metadata?: Readonly<Record<string, string>>
  /** What the sidecar takes personal data out of; absent where the caller asked for nothing of the kind. */
  readonly scrub?: Scrub
}
