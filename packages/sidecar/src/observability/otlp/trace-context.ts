/** W3C's text for a span's place in its trace, and back. */
import type { TraceContext } from '@dapr-chat/protocol'
import { type Context, createTraceState, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api'

/** What callers and upstreams are told of a span. */
export function writeTraceContext({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const tracestate = traceState?.serialize()
  const flags = traceFlags.toString(16).padStart(2, '0')
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, ...(tracestate && { tracestate }) }
}

/**
 * A context whose span is the parent; without one, a context that begins a trace.
 * @param given whose `traceparent` is valid.
 * @param isRemote whether another process gave it.
 */
export function parentContext(given: TraceContext | undefined, isRemote: boolean): Context {
  if (given === undefined) return ROOT_CONTEXT
  const [, traceId = '', spanId = '', flags = ''] = given.traceparent.split('-')
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote,
    ...(given.tracestate !== undefined && { traceState: createTraceState(given.tracestate) }),
  })
}
