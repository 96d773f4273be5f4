/**
 * One conversation call as the sidecar remembers it and the console shows it. Written by the sidecar's telemetry, stored
 * by its usage store, read by the page; all times are in milliseconds.
 */

/** How far a call has come, or how it ended. `interrupted` failed after output had reached the caller. */
export type CallState = 'running' | 'succeeded' | 'failed' | 'interrupted' | 'cancelled'

/** By which API a call came. */
export type CallSurface = 'dapr-http' | 'dapr-grpc' | 'openai'

/** Tokens of one call. Absent means that the provider did not report it, which is not zero. */
export interface CallTokens {
  readonly input?: number
  readonly output?: number
  /** Those of `input` that the provider's own cache served. */
  readonly cached?: number
  /** Those of `output` that went into thinking. */
  readonly reasoning?: number
}

/** One row of the request log. */
export interface CallSummary {
  readonly id: string
  /** When it began, in milliseconds since 1970. */
  readonly startedAt: number
  readonly state: CallState
  readonly surface: CallSurface
  /** Whether the caller asked for a stream. */
  readonly streamed: boolean
  /** The component's name; empty where a call was refused that named none of ours. */
  readonly component: string
  /** The component's type, such as `conversation.openai`; empty likewise. */
  readonly type: string
  /** The model that answered, or else the one that was asked for; absent where neither is known. */
  readonly model?: string
  /** The calling app's id. */
  readonly caller: string
  /** The caller's name for the conversation, where it gave one. */
  readonly contextId?: string
  /** The trace that the call belongs to: 32 hexadecimal digits. */
  readonly traceId?: string
  /** From the request to the end of its answer; absent while it runs, and where the call was refused. */
  readonly durationMs?: number
  /** From the request to the first model output, thinking included; absent where none came. */
  readonly timeToFirstTokenMs?: number
  /** Pieces of model output. */
  readonly chunks: number
  readonly tokens: CallTokens
  /** What it cost in US dollars; absent where the price of the model or the count of tokens is not known. */
  readonly costUsd?: number
  /** Why the model stopped, in OpenAI's words. */
  readonly finishReason?: string
  /** Whether the response cache answered. */
  readonly cached: boolean
  /** How often the provider was asked, retries included; 0 where the cache answered. */
  readonly attempts: number
  /** Calls of tools that the model asked for. */
  readonly toolCalls: number
  /** Absent where nothing went wrong. */
  readonly error?: CallError
}

/** Why a call failed. */
export interface CallError {
  /** The code of the error table, such as `rate_limited`. */
  readonly code: string
  /** The message that the caller got; it holds no secrets. */
  readonly message: string
}

/** One stretch of a call's life, for the waterfall. Stretches of one name may repeat, as attempts do. */
export interface CallPhase {
  /**
   * `queue`: until the provider was asked; `connect`: until its head came; `first-token`: until its first output;
   * `stream`: until its last; `tools`: beside that, from the first tool call to the end of the last one; `wait`: between
   * two attempts.
   */
  readonly name: 'queue' | 'connect' | 'first-token' | 'stream' | 'tools' | 'wait'
  /** After the call's beginning. */
  readonly startMs: number
  readonly durationMs: number
}

/** All that is known of one call. */
export interface CallDetail extends CallSummary {
  readonly phases: readonly CallPhase[]
  /** What was said; absent unless the operator has switched the capture of content on. */
  readonly content?: CallContent
}

/** What was said, after personal data was taken out of it; kept in memory only. */
export interface CallContent {
  /** The request in OpenAI's shape, without `stream`. */
  readonly request: Readonly<Record<string, unknown>>
  /** The text of the first choice as far as it came. */
  readonly answer: string
}
