/** How long to wait before the next try. */
import type { RetryPolicy } from '../../policies/policy.ts'

// The figures of daprd's exponential policy (cenkalti/backoff), of which only the longest pause can be configured.
const FIRST_PAUSE_MS = 500
const FACTOR = 1.5
const JITTER = 0.5
/** An exponential policy keeps a call waiting for no longer in all; and no policy waits longer for a provider at once. */
const MAX_TOTAL_MS = 15 * 60_000

/** The pauses of one call. */
export class Backoff {
  readonly #policy: RetryPolicy
  readonly #now: () => number
  readonly #start: number
  #nextMs = FIRST_PAUSE_MS

  /** @param now milliseconds on a clock that never goes back. */
  constructor(policy: RetryPolicy, now = () => performance.now()) {
    this.#policy = policy
    this.#now = now
    this.#start = now()
  }

  /**
   * The next pause in milliseconds; `undefined` where waiting would take too long.
   * @param hintMs how long the provider asks to wait; the pause is not shorter.
   */
  next(hintMs = 0): number | undefined {
    const pauseMs = Math.max(this.#pause(), hintMs)
    if (hintMs > MAX_TOTAL_MS) return undefined
    const grows = this.#policy.kind === 'exponential'
    return grows && this.#now() - this.#start + pauseMs > MAX_TOTAL_MS ? undefined : pauseMs
  }

  #pause(): number {
    if (this.#policy.kind === 'constant') return this.#policy.pauseMs
    const middle = Math.min(this.#nextMs, this.#policy.maxPauseMs)
    this.#nextMs = middle * FACTOR
    return middle * (1 - JITTER + 2 * JITTER * Math.random())
  }
}
