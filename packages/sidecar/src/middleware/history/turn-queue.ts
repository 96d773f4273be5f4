/** One turn at a time for each conversation: the next one waits, so that it knows what the one before it came to. */

/** The conversations in which a turn is going on. */
export class TurnQueue {
  readonly #last = new Map<string, Promise<void>>()

  /**
   * Waits until all earlier turns of the conversation are over.
   * @returns what ends the turn; it ends by itself when the signal aborts.
   * @throws the signal's reason, where it aborts before.
   */
  async enter(conversation: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const onAbort = () => {
      leave()
      reject(signal.reason)
    }
    const leave = () => {
      signal.removeEventListener('abort', onAbort)
      end()
    }
    // Nobody may be waiting any more when it aborts.
    aborted.catch(() => {})
    signal.addEventListener('abort', onAbort)
    const before = this.#last.get(conversation)
    const last = before ? before.then(() => over) : over
    this.#last.set(conversation, last)
    void last.then(() => {
      if (this.#last.get(conversation) === last) this.#last.delete(conversation)
    })
    if (before) await Promise.race([before, aborted])
    return leave
  }

  /** How many conversations have a turn going on or waiting. */
  get size(): number {
    return this.#last.size
  }
}
