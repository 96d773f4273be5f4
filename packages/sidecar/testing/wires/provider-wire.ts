/** How one vendor's streamed answers look on the wire, for scripts that say the same thing in every vendor's words. */
import type { FinishReason } from '@dapr-chat/protocol'

/** A tool call to script. */
export interface WireCall {
  readonly id: string
  readonly name: string
  /** The arguments, in the pieces in which they arrive; none for a call without arguments. */
  readonly pieces: readonly string[]
}

/** How an answer ends. */
export interface WireEnd {
  readonly reason: Exclude<FinishReason, 'unknown'>
  readonly promptTokens: number
  readonly completionTokens: number
}

/** One vendor's words. Each piece is one event, whole, as bytes or text. */
export interface ProviderWire {
  readonly contentType: string
  /** Whether the body is `text/event-stream`, whose lines may be written in several ways. */
  readonly eventStream: boolean
  /** What comes before any output. */
  start(): readonly Uint8Array[]
  text(text: string): Uint8Array
  thought(text: string): Uint8Array
  /** The tool calls of an answer, one after the other. */
  calls(calls: readonly WireCall[]): readonly Uint8Array[]
  /** The end of an answer, up to the vendor's last event. */
  finish(end: WireEnd): readonly Uint8Array[]
  /** A report in the middle of a stream that the vendor is overloaded; `message` is its text. */
  failure(message: string): Uint8Array
  /** An event that no reader knows, and that carries nothing. */
  unknown(): Uint8Array
  /** The vendor's own body for a refusal. */
  refusal(message: string): string
}

/** One event of an event stream. */
export function sseEvent(data: object, name?: string): Uint8Array {
  const event = name === undefined ? '' : `event: ${name}\n`
  return new TextEncoder().encode(`${event}data: ${JSON.stringify(data)}\n\n`)
}
