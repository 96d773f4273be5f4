/**
 * Keep-alives for all open streams from one timer: a stream that was silent for a whole period gets a comment line,
 * so that no box in between takes it for dead. A stream that flows pays one assignment per write.
 */

/** A stream that may need keeping alive. */
export interface Quiet {
  /** Set by every write, cleared by every tick. */
  active: boolean
  /** Writes the keep-alive. */
  ping(): void
}

/** The streams of one server. */
export class KeepAlive {
  readonly #streams = new Set<Quiet>()
  readonly #timer: NodeJS.Timeout | undefined

  /** @param periodMs how long silence lasts before a keep-alive goes out, in milliseconds; 0 sends none. */
  constructor(periodMs: number) {
    if (periodMs > 0) this.#timer = setInterval(() => this.#tick(), periodMs).unref()
  }

  add(stream: Quiet): void {
    this.#streams.add(stream)
  }

  delete(stream: Quiet): void {
    this.#streams.delete(stream)
  }

  /** Stops the timer. */
  close(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    for (const stream of this.#streams) {
      if (!stream.active) stream.ping()
      stream.active = false
    }
  }
}
