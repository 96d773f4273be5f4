import type { Usage } from './usage.ts'

/**
 * Why the model stopped. `unknown` stands for a provider that ended properly but gave no reason, or one without a
 * common name; the provider's own word is then in the event's `raw`.
 */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'unknown'

/** The answer begins. Comes first, once, and may come before any model output. */
export interface MessageStart {
  readonly type: 'message-start'
  /** The provider's id of the answer. */
  readonly id?: string
  /** The model that really answers. */
  readonly model?: string
}

/** More text of the answer. */
export interface TextDelta {
  readonly type: 'text-delta'
  readonly choice: number
  readonly text: string
}

/** More of the model's thinking, or the vendor's signature of it, or both. */
export interface ReasoningDelta {
  readonly type: 'reasoning-delta'
  readonly choice: number
  /** May be empty where there is a signature. */
  readonly text: string
  /** Opaque, and never empty; the vendor wants it back with the next request. The last one of a choice holds. */
  readonly signature?: string
}

/** More of the model's refusal to answer. */
export interface RefusalDelta {
  readonly type: 'refusal-delta'
  readonly choice: number
  readonly text: string
}

/** A tool call begins. `index` counts the calls of one choice from 0, without gaps, in order of appearance. */
export interface ToolCallStart {
  readonly type: 'tool-call-start'
  readonly choice: number
  readonly index: number
  readonly id: string
  readonly name: string
  /** Opaque, and never empty; the vendor wants it back with the call in the next request. */
  readonly signature?: string
}

/** More of a call's arguments. */
export interface ToolCallDelta {
  readonly type: 'tool-call-delta'
  readonly choice: number
  readonly index: number
  readonly arguments: string
}

/** The call's arguments are whole: it can be executed. */
export interface ToolCallEnd {
  readonly type: 'tool-call-end'
  readonly choice: number
  readonly index: number
  /** As at the call's start, where it came only after that. */
  readonly signature?: string
}

/** Tokens so far. Cumulative: the last one is the answer's. */
export interface UsageEvent {
  readonly type: 'usage'
  readonly usage: Usage
}

/** One choice is complete. Exactly one for each choice of a successful answer. */
export interface Finish {
  readonly type: 'finish'
  readonly choice: number
  readonly reason: FinishReason
  /** The provider's word, where it differs from `reason`. */
  readonly raw?: string
}

/** Everything that streams, from a provider to a caller. Failures are thrown and are never events. */
export type ConversationEvent =
  | MessageStart
  | TextDelta
  | ReasoningDelta
  | RefusalDelta
  | ToolCallStart
  | ToolCallDelta
  | ToolCallEnd
  | UsageEvent
  | Finish

/**
 * Whether an event carries model output. The first such event handed to the caller commits the answer: from there on
 * a failure is reported in band and nothing is retried.
 */
export function isOutput(event: ConversationEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
    case 'tool-call-start':
    case 'tool-call-delta':
      return true
    case 'message-start':
    case 'tool-call-end':
    case 'usage':
    case 'finish':
      return false
  }
}
