/** Decides which trace context goes on to the provider. Just inside of telemetry, so that it knows the call's record. */
import type { CallObserver, Middleware, TraceContext } from '@dapr-chat/protocol'

/** What one component's provider is told. */
export interface OutgoingTraceOptions {
  /** Whether whoever answers may learn of the caller's traces. */
  readonly trusted: boolean
  /** The place of a call's own span, where traces are recorded. */
  traceOf(observer: CallObserver): TraceContext | undefined
}

/** A middleware that puts the call's own span, or else the caller's, into the call; or nothing at all. */
export function outgoingTrace({ trusted, traceOf }: OutgoingTraceOptions): Middleware {
  return (next) =>
    function withTrace({ trace: incoming, ...call }) {
      const own = trusted && call.observer ? traceOf(call.observer) : undefined
      const trace = trusted ? (own ?? incoming) : undefined
      return next({ ...call, ...(trace && { trace }) })
    }
}
