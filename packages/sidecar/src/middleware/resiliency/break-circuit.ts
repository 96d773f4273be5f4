/** Sends every attempt through its component's circuit breaker, and tells the breaker what came of it. */
import { type ConversationCall, ConversationError, type ErrorCode, type Middleware } from '@dapr-chat/protocol'
import type { AttemptOutcome, CircuitBreaker } from './circuit-breaker.ts'

/** Failures that say nothing about the component: the caller's own, and those of whoever ended the call. */
const INNOCENT: ReadonlySet<ErrorCode> = new Set([
  'cancelled',
  'shutting_down',
  'missing_inputs',
  'invalid_params',
  'malformed_request',
  'body_too_large',
  'context_length',
  'content_filter',
  'provider_invalid_request',
])

/** A middleware that asks the breaker before each attempt. An answer that breaks off half way is a failure too. */
export function breakCircuit(breaker: CircuitBreaker): Middleware {
  return (next) =>
    async function* guarded(call) {
      const settle = enter(breaker, call)
      // Holds where the reader leaves before the end.
      let outcome: AttemptOutcome = 'ignored'
      try {
        yield* next(call)
        outcome = 'success'
      } catch (thrown) {
        const innocent = call.signal.aborted || INNOCENT.has(ConversationError.from(thrown).code)
        if (!innocent) outcome = 'failure'
        throw thrown
      } finally {
        settle(outcome)
      }
    }
}

function enter(breaker: CircuitBreaker, { observer }: ConversationCall): (outcome: AttemptOutcome) => void {
  try {
    return breaker.enter()
  } catch (refusal) {
    observer?.refused()
    throw refusal
  }
}
