/** Writes `text/event-stream`, as in the WHATWG HTML standard §9.2. Used by every surface that streams over HTTP. */

/** The keep-alive comment. One line end only: a blank line after it would make some clients dispatch an empty event. */
export const SSE_PING = ': ping\n'

/**
 * One event as bytes-to-be.
 * @param data one line; JSON text never holds a raw line end, so no splitting into several `data:` lines is needed.
 * @param event the event's name; absent for the default `message`.
 */
export function encodeSse(data: string, event?: string): string {
  return event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`
}

/** The headers of an event stream that no box in between may buffer, compress or cache. */
export const SSE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}
