/** Names a trace, so that a call of this page is found in the log again. */

/** A new trace: its id, and the header that puts a call into it (W3C Trace Context, level 1). */
export function newTrace(): { readonly traceId: string; readonly traceparent: string } {
  const traceId = randomHex(16)
  return { traceId, traceparent: `00-${traceId}-${randomHex(8)}-01` }
}

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
}
