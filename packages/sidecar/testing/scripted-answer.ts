/**
 * One answer of a provider, written as a script says: whole, piece by piece, slowly, or broken off. The scripted provider of
 * the tests answers with it, and so does `dapr-chat replay`.
 */
import type { ServerResponse } from 'node:http'

/** A piece of a body that resets the connection instead of sending anything. */
export const reset: unique symbol = Symbol('reset')

/** One thing to do with the connection: write these bytes, or reset it. */
export type Piece = string | Uint8Array | typeof reset

/** What the provider answers to one request. */
export interface ScriptedAnswer {
  /** @default 200 */
  readonly status?: number
  /** Added to, and winning over, the content type of an event stream. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * The body: whole, in one write with its end, or piece by piece, each in a write of its own that is awaited. A
   * generator waits wherever the script wants silence; one that waits for ever stalls until the connection closes.
   */
  readonly body: string | Uint8Array | Iterable<Piece> | AsyncIterable<Piece>
}

/**
 * Writes the answer.
 * @param onAccepted is told how many more bytes of the body the connection has taken.
 * @throws Error where the connection breaks while it is written to.
 */
export async function sendAnswer(
  response: ServerResponse,
  { status = 200, headers = {}, body }: ScriptedAnswer,
  onAccepted: (bytes: number) => void = () => {},
): Promise<void> {
  response.writeHead(status, { 'content-type': 'text/event-stream', ...headers })
  response.flushHeaders()
  if (typeof body === 'string' || body instanceof Uint8Array) {
    response.end(body, () => onAccepted(Buffer.byteLength(body)))
    return
  }
  for await (const piece of body) {
    if (response.destroyed) return
    if (piece === reset) {
      response.socket?.resetAndDestroy()
      return
    }
    if (piece.length > 0) await write(response, piece)
    onAccepted(Buffer.byteLength(piece))
  }
  response.end()
}

/** Waits until the connection has taken the piece; a connection that closes takes nothing any more. */
function write(response: ServerResponse, piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(piece, (error) => (error ? reject(error) : resolve()))
  })
}
