/**
 * Work that follows on bursts of signals: it is done once when they pause, never twice at a time, and always after the
 * last one. `hot-reload.ts` reloads through it.
 */

/** When work is done. */
export interface QuietMomentOptions {
  /** How long no signal may have come before the work begins, in milliseconds. */
  readonly quietMs: number
  /** How long signals that never pause can put the work off, in milliseconds. */
  readonly patienceMs: number
  /** The work; it reports its own failures. */
  readonly work: () => Promise<void>
}

/** Waits for the moment. */
export class QuietMoment {
  readonly #options: QuietMomentOptions
  #timer: NodeJS.Timeout | undefined
  /** When the first signal came that no work has followed. */
  #since: number | undefined
  #working: Promise<void> | undefined
  #closed = false

  constructor(options: QuietMomentOptions) {
    this.#options = options
  }

  /** There is something to do. */
  signal(): void {
    if (this.#closed) return
    const now = performance.now()
    this.#since ??= now
    clearTimeout(this.#timer)
    // While work is in progress, its end looks for signals that came meanwhile.
    if (this.#working) return
    const { quietMs, patienceMs } = this.#options
    const left = Math.max(0, this.#since + patienceMs - now)
    this.#timer = setTimeout(() => this.#begin(), Math.min(quietMs, left))
  }

  /** Takes no more signals, and waits for work that is in progress. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#working
  }

  #begin(): void {
    this.#since = undefined
    this.#working = this.#options.work().finally(() => {
      this.#working = undefined
      if (this.#since !== undefined) this.signal()
    })
  }
}
