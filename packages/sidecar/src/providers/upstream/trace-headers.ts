/** The trace context as headers of a request to a provider. `middleware/outgoing-trace.ts` decides who gets one. */
import type { TraceContext } from '@dapr-chat/protocol'

/** W3C's headers; none where the call has no trace that may go on. */
export function traceHeaders(trace: TraceContext | undefined): Record<string, string> {
  if (trace === undefined) return {}
  const { traceparent, tracestate } = trace
  return { traceparent, ...(tracestate !== undefined && { tracestate }) }
}
