/** How long to wait before the next try. */
import type { RetryPolicy } from '../../policies/policy.ts'

// The figures of daprd's exponential policy (cenkalti/backoff), of which only the longest pause can be configured.
const FIRST_PAUSE_MS = 500
const FACTOR = 1.5
const JITTER = 0.5
/** No exponential policy, and no wish of a provider, keeps a call waiting for longer than this in all. */
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
    const bounded = this.#policy.kind === 'exponential' || hintMs > this.#policy.pauseMs
    return bounded && this.#now() - this.#start + pauseMs > MAX_TOTAL_MS ? undefined : pauseMs
  }

  #pause(): number {
    if (this.#policy.kind === 'constant') return this.#policy.pauseMs
    const middle = Math.min(this.#nextMs, this.#policy.maxPauseMs)
    this.#nextMs = middle * FACTOR
    return middle * (1 - JITTER + 2 * JITTER * Math.random())
  }
}
