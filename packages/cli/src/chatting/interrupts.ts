/** What Ctrl-C means in a chat. Pure; `ChatLoop` does what it says. */

/** Two presses within this time leave, in milliseconds. */
const TWICE_MS = 1_500

/** Remembers the last press that had nothing typed to clear. */
export class Interrupts {
  #lastAt = Number.NEGATIVE_INFINITY

  /**
   * A press that had nothing typed to clear.
   * @param state whether an answer is being made or the line is empty.
   * @param now in milliseconds, of any clock.
   */
  press(state: 'busy' | 'empty', now: number): 'stop' | 'hint' | 'leave' {
    const isSecond = now - this.#lastAt <= TWICE_MS
    this.#lastAt = now
    if (isSecond) return 'leave'
    return state === 'busy' ? 'stop' : 'hint'
  }
}
