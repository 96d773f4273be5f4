/**
 * The trace context of a call, read from what HTTP and gRPC callers send and sent back to them: W3C's `traceparent` and
 * `tracestate`, and the binary form that Dapr's gRPC callers prefer.
 */
import type { TraceContext } from '@dapr-chat/protocol'

/** W3C Trace Context §3.2: version, trace id, parent id, flags; later versions may add to it. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/

/** The length of `grpc-trace-bin`, and where its three numbered fields begin. */
const BINARY_LENGTH = 29
const FIELD_OFFSETS = [1, 18, 27] as const

/** The trace context of the headers; `undefined` where they hold none, or one that is not valid. */
export function readTrace(traceparent: string | undefined, tracestate: string | undefined): TraceContext | undefined {
  if (traceparent === undefined || !TRACEPARENT.test(traceparent)) return undefined
  return { traceparent, ...(tracestate && { tracestate }) }
}

/** Reads `grpc-trace-bin`: version 0, then the trace id, the span id and the flags, each after its field's number. */
export function readTraceBinary(bytes: Buffer): TraceContext | undefined {
  const isKnown = bytes.length === BINARY_LENGTH && bytes[0] === 0
  if (!isKnown || FIELD_OFFSETS.some((offset, field) => bytes[offset] !== field)) return undefined
  const hex = (start: number, end: number) => bytes.toString('hex', start, end)
  return readTrace(`00-${hex(2, 18)}-${hex(19, 27)}-${hex(28, 29)}`, undefined)
}

/** Writes `grpc-trace-bin`. */
export function writeTraceBinary({ traceparent }: TraceContext): Buffer {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-')
  return Buffer.from(`0000${traceId}01${spanId}02${flags}`, 'hex')
}
