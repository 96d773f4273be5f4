/**
 * An HTTP response that is an event stream: headers at once, one `write` for everything that came together, and no
 * faster than the reader reads.
 */
import type { ServerResponse } from 'node:http'
import { drained } from './drained.ts'
import type { KeepAlive, Quiet } from './keep-alive.ts'

/** One response taken over from the framework. */
export class EventStream implements Quiet {
  active = true
  readonly #response: ServerResponse
  readonly #keepAlive: KeepAlive
  readonly #ping: string

  /** Sends the status line and the headers. @param ping the comment that keeps the stream alive. */
  constructor(response: ServerResponse, headers: Readonly<Record<string, string>>, keepAlive: KeepAlive, ping: string) {
    this.#response = response
    this.#keepAlive = keepAlive
    this.#ping = ping
    response.writeHead(200, headers)
    response.flushHeaders()
    keepAlive.add(this)
  }

  /**
   * Writes text, and says when more is welcome: at once, or after the reader has caught up or left. An undefined
   * result saves the ordinary case a turn of the event loop.
   */
  write(text: string): Promise<void> | undefined {
    this.active = true
    if (this.#response.write(text) || this.#response.destroyed) return undefined
    return drained(this.#response, 'close')
  }

  /** Keeps the stream alive, unless the reader is behind: it then has bytes enough to read. */
  ping(): void {
    if (!this.#response.writableNeedDrain) this.#response.write(this.#ping)
  }

  /** Ends the stream. */
  end(): void {
    this.#keepAlive.delete(this)
    this.#response.end()
  }
}
