import type { CallSurface } from '../console/call.ts'
import type { ConversationError } from '../error.ts'
import type { ConversationEvent } from './event.ts'
import type { ConversationRequest } from './request.ts'

/** Who asks: the app that called, as far as it is known. */
export interface Caller {
  /** The calling app's id; `anonymous` where it gave none. */
  readonly id: string
}

/** W3C trace context as it came in. */
export interface TraceContext {
  readonly traceparent: string
  readonly tracestate?: string
}

/** By which API a call came, and how its answer goes out. */
export interface CallOrigin {
  readonly surface: CallSurface
  /** Whether the caller asked for a stream. */
  readonly streamed: boolean
}

/** Is told on a call's way through the pipeline what no event says. */
export interface CallObserver {
  /** The call's name in logs and figures. */
  readonly id: string
  /** The provider is asked, for the first time or again. */
  attempted(): void
  /** The head of the provider's answer has come. */
  answered(): void
  /** An attempt has failed, and there will be another one. */
  retried(failure: ConversationError): void
  /** A circuit breaker lets no attempt through. */
  refused(): void
  /** The answer comes from the response cache. */
  servedFromCache(): void
}

/** One call on its way through the pipeline. */
export interface ConversationCall {
  /** The component's name. */
  readonly component: string
  readonly request: ConversationRequest
  readonly caller: Caller
  /**
   * The only way to stop the call. Its reason is a `ConversationError` that says who stopped it: the caller who left
   * (`cancelled`), a deadline (`timeout`) or the sidecar going down (`shutting_down`).
   */
  readonly signal: AbortSignal
  readonly trace?: TraceContext
  readonly origin?: CallOrigin
  readonly observer?: CallObserver
}

/**
 * The one function of the system. A provider is a `Converse`, a middleware wraps one, a client's transport is one.
 *
 * It yields batches: the events that one read of the upstream brought, never empty and never waiting for more. It
 * throws a `ConversationError` where the answer fails; it ends without one only after every choice has finished.
 */
export type Converse = (call: ConversationCall) => AsyncIterable<readonly ConversationEvent[]>

/** A policy around a `Converse`. */
export type Middleware = (next: Converse) => Converse

/** Wraps a provider in its middleware, the first one outermost. */
export function compose(provider: Converse, middleware: readonly Middleware[]): Converse {
  return middleware.reduceRight<Converse>((next, wrap) => wrap(next), provider)
}
