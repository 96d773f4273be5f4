/**
 * The errors that a user of the client catches, one class for each thing a program may want to do about a failure.
 * Inside, failures travel as the protocol's `ConversationError`; `chat-error.ts` turns them into these at the edge.
 */
import type { ChatToolCall, ChatUsage } from '@dapr-chat/protocol/openai'

/** The name of a kind of failure; `switch (error.code)` over it is exhaustive. */
export type ChatErrorCode =
  | 'sidecar_unavailable'
  | 'component_not_found'
  | 'invalid_request'
  | 'provider_error'
  | 'timeout'
  | 'aborted'
  | 'stream_interrupted'
  | 'unsupported_feature'
  | 'runtime_version'
  | 'tool_input'
  | 'tool_execution'
  | 'tool_unknown'
  | 'structured_output'
  | 'prompt_template'
  | 'context_overflow'
  | 'store_conflict'
  | 'internal'

/** What may be said about a failure beyond its message. */
export interface ChatErrorDetails {
  /** Whether the same call may succeed when it is made again. */
  readonly retryable?: boolean | undefined
  /** The component that was asked. */
  readonly component?: string | undefined
  /** What to do about it. */
  readonly hint?: string | undefined
  /** The name that the provider, or a server before it, gave the request. */
  readonly requestId?: string | undefined
  readonly cause?: unknown
}

/** What all errors of the client have in common. Thrown itself, as `internal`, for a failure inside the sidecar. */
export class DaprChatError extends Error {
  readonly code: ChatErrorCode
  readonly retryable: boolean
  readonly component: string | undefined
  readonly hint: string | undefined
  readonly requestId: string | undefined

  constructor(code: ChatErrorCode, message: string, details: ChatErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.code = code
    this.retryable = details.retryable ?? false
    this.component = details.component
    this.hint = details.hint
    this.requestId = details.requestId
  }
}

/** Nothing that speaks Dapr answers at the endpoint, or it is going down. */
export class SidecarUnavailableError extends DaprChatError {
  declare readonly code: 'sidecar_unavailable'

  constructor(message: string, details: ChatErrorDetails = {}) {
    super('sidecar_unavailable', message, { retryable: true, ...details })
  }
}

/** The sidecar has no conversation component of that name. */
export class ComponentNotFoundError extends DaprChatError {
  declare readonly code: 'component_not_found'
  /** The conversation components that it has; empty also when it would not say. */
  readonly available: readonly string[]

  constructor(message: string, details: ChatErrorDetails & { readonly available: readonly string[] }) {
    super('component_not_found', message, details)
    this.available = details.available
  }
}

/** The call itself is wrong: an option, a message, or a token that the sidecar does not accept. */
export class InvalidRequestError extends DaprChatError {
  declare readonly code: 'invalid_request'

  constructor(message: string, details: ChatErrorDetails = {}) {
    super('invalid_request', message, details)
  }
}

/** Why the model's provider refused or failed, as far as it said. */
export type ProviderErrorReason =
  | 'auth'
  | 'quota'
  | 'rate_limit'
  | 'context_length'
  | 'content_filter'
  | 'invalid_request'
  | 'unavailable'
  | 'unknown'

/** The model's provider refused or failed before it answered. */
export class ProviderError extends DaprChatError {
  declare readonly code: 'provider_error'
  readonly reason: ProviderErrorReason
  /** The HTTP status of the provider's answer, where it is known. */
  readonly status: number | undefined
  /** How long the provider asks to wait before the next try, in milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(
    message: string,
    details: ChatErrorDetails & {
      readonly reason: ProviderErrorReason
      readonly status?: number | undefined
      readonly retryAfterMs?: number | undefined
    },
  ) {
    super('provider_error', message, details)
    this.reason = details.reason
    this.status = details.status
    this.retryAfterMs = details.retryAfterMs
  }
}

/** A deadline passed: the call's own `timeoutMs`, or one of the sidecar's clocks. */
export class TimeoutError extends DaprChatError {
  declare readonly code: 'timeout'

  constructor(message: string, details: ChatErrorDetails = {}) {
    super('timeout', message, { retryable: true, ...details })
  }
}

/** The caller stopped the call, by its signal, `cancel()` or leaving the stream. The reason given is the `cause`. */
export class AbortedError extends DaprChatError {
  declare readonly code: 'aborted'

  constructor(message: string, details: ChatErrorDetails = {}) {
    super('aborted', message, details)
  }
}

/** What of an answer has arrived. */
export interface PartialAnswer {
  readonly text: string
  readonly toolCalls: readonly ChatToolCall[]
  readonly usage?: ChatUsage
}

/** The answer broke off after it had begun, for whatever reason, which is the `cause`. Never retried by the client. */
export class StreamInterruptedError extends DaprChatError {
  declare readonly code: 'stream_interrupted'
  /** What had arrived. */
  readonly partial: PartialAnswer

  constructor(message: string, details: ChatErrorDetails & { readonly partial: PartialAnswer }) {
    super('stream_interrupted', message, details)
    this.partial = details.partial
  }
}

/** What was asked for cannot be carried by the connection or the runtime at its other end. */
export class UnsupportedFeatureError extends DaprChatError {
  declare readonly code: 'unsupported_feature'

  constructor(message: string, details: ChatErrorDetails = {}) {
    super('unsupported_feature', message, details)
  }
}

/** What was asked for is newer than the runtime. */
export class RuntimeVersionError extends DaprChatError {
  declare readonly code: 'runtime_version'
  /** The first version of Dapr that carries it. */
  readonly required: string
  /** The version of the runtime that was asked. */
  readonly actual: string

  constructor(message: string, details: ChatErrorDetails & { readonly required: string; readonly actual: string }) {
    super('runtime_version', message, details)
    this.required = details.required
    this.actual = details.actual
  }
}

/** The model called a tool with arguments that are no JSON or do not fit its schema. Thrown with `onToolError: 'throw'`. */
export class ToolInputError extends DaprChatError {
  declare readonly code: 'tool_input'

  constructor(message: string, details: ChatErrorDetails = {}) {
    super('tool_input', message, details)
  }
}

/** A tool threw, or took too long. Thrown with `onToolError: 'throw'`; what the tool threw is the `cause`. */
export class ToolExecutionError extends DaprChatError {
  declare readonly code: 'tool_execution'

  constructor(message: string, details: ChatErrorDetails = {}) {
    super('tool_execution', message, details)
  }
}

/** The model called a tool that does not exist. Thrown with `onToolError: 'throw'`. */
export class UnknownToolError extends DaprChatError {
  declare readonly code: 'tool_unknown'

  constructor(message: string, details: ChatErrorDetails = {}) {
    super('tool_unknown', message, details)
  }
}

/** The instructions and the question of a conversation alone have more tokens than its budget. */
export class ContextOverflowError extends DaprChatError {
  declare readonly code: 'context_overflow'

  constructor(message: string, details: ChatErrorDetails = {}) {
    super('context_overflow', message, details)
  }
}

/** A turn could not be stored because others kept on writing to the same conversation. */
export class StoreConflictError extends DaprChatError {
  declare readonly code: 'store_conflict'

  constructor(message: string, details: ChatErrorDetails = {}) {
    super('store_conflict', message, { retryable: true, ...details })
  }
}

/** The model's answers did not have the shape that was asked for, as often as it was asked. */
export class StructuredOutputError extends DaprChatError {
  declare readonly code: 'structured_output'
  /** The last answer as the model wrote it. */
  readonly text: string
  /** What was wrong with it. */
  readonly issues: readonly string[]
  /** How often the model was asked. */
  readonly attempts: number
  /** The model's words where it refused to answer. */
  readonly refusal: string | undefined

  constructor(
    message: string,
    details: ChatErrorDetails & {
      readonly text: string
      readonly issues: readonly string[]
      readonly attempts: number
      readonly refusal?: string | undefined
    },
  ) {
    super('structured_output', message, details)
    this.text = details.text
    this.issues = details.issues
    this.attempts = details.attempts
    this.refusal = details.refusal
  }
}

/** A prompt cannot be read or rendered: its front matter, its template, or the values that it was given. */
export class PromptTemplateError extends DaprChatError {
  declare readonly code: 'prompt_template'

  constructor(message: string, details: ChatErrorDetails = {}) {
    super('prompt_template', message, details)
  }
}
