/**
 * A circuit breaker's state and counts, without any knowledge of streams. The rules are those of the breaker in daprd
 * (sony/gobreaker), with two differences that long answers ask for: an answer that is longer than the interval still
 * counts, in the interval in which it ends, and a call that says nothing about the component does not count at all.
 */
import { ConversationError } from '@dapr-chat/protocol'
import type { BreakerCounts, CircuitBreakerPolicy } from '../../policies/policy.ts'

/** `closed`: calls pass. `open`: calls are refused. `half-open`: a few calls pass, to see whether it can close. */
export type BreakerState = 'closed' | 'half-open' | 'open'

/** What a call says about the component. */
export type AttemptOutcome = 'success' | 'failure' | 'ignored'

/** A call that the breaker did not let through. It is not made again: the breaker would refuse it again. */
export class BreakerRefusal extends ConversationError {}

/** The breaker of one component. */
export class CircuitBreaker {
  readonly #policy: CircuitBreakerPolicy
  readonly #onChange: (state: BreakerState) => void
  readonly #now: () => number
  #state: BreakerState = 'closed'
  /** Counts the changes of state: what began before the last one says nothing about now. */
  #stay = 0
  /** Counts the intervals in which the counts began anew. */
  #interval = 0
  /** When the interval of the counts, or the time of refusals, is over. */
  #end: number
  #counts = noCounts()

  /**
   * @param onChange is told each new state.
   * @param now milliseconds on a clock that never goes back.
   */
  constructor(policy: CircuitBreakerPolicy, onChange: (state: BreakerState) => void, now = () => performance.now()) {
    this.#policy = policy
    this.#onChange = onChange
    this.#now = now
    this.#end = this.#intervalEnd()
  }

  /** The state now. */
  get state(): BreakerState {
    this.#catchUp()
    return this.#state
  }

  /**
   * Lets a call through. What it returns takes the call's outcome, once.
   * @throws BreakerRefusal while open, and while half-open with as many calls in progress as may be.
   */
  enter(): (outcome: AttemptOutcome) => void {
    this.#catchUp()
    if (this.#state === 'open') {
      const retryAfterMs = Math.ceil(this.#end - this.#now())
      throw new BreakerRefusal('unavailable', 'circuit breaker is open', { retryAfterMs })
    }
    if (this.#state === 'half-open' && this.#counts.requests >= this.#policy.maxRequests) {
      throw new BreakerRefusal('unavailable', 'too many requests')
    }
    const [stay, interval] = [this.#stay, this.#interval]
    this.#counts.requests++
    return (outcome) => {
      this.#catchUp()
      if (stay !== this.#stay) return
      if (interval !== this.#interval) this.#counts.requests++
      if (outcome === 'success') this.#succeeded()
      else if (outcome === 'failure') this.#failed()
      else this.#counts.requests--
    }
  }

  #succeeded(): void {
    const counts = this.#counts
    counts.totalSuccesses++
    counts.consecutiveSuccesses++
    counts.consecutiveFailures = 0
    if (this.#state === 'half-open' && counts.consecutiveSuccesses >= this.#policy.maxRequests) this.#change('closed')
  }

  #failed(): void {
    const counts = this.#counts
    counts.totalFailures++
    counts.consecutiveFailures++
    counts.consecutiveSuccesses = 0
    if (this.#state === 'half-open' || this.#policy.trip(counts)) this.#change('open')
  }

  /** Does what only time brings about, which nobody is there to do when it happens. */
  #catchUp(): void {
    if (this.#now() < this.#end) return
    if (this.#state === 'open') {
      this.#change('half-open')
      return
    }
    this.#interval++
    this.#counts = noCounts()
    this.#end = this.#intervalEnd()
  }

  #change(state: BreakerState): void {
    this.#state = state
    this.#stay++
    this.#counts = noCounts()
    if (state === 'open') this.#end = this.#now() + this.#policy.timeoutMs
    else this.#end = state === 'closed' ? this.#intervalEnd() : Number.POSITIVE_INFINITY
    this.#onChange(state)
  }

  #intervalEnd(): number {
    return this.#policy.intervalMs > 0 ? this.#now() + this.#policy.intervalMs : Number.POSITIVE_INFINITY
  }
}

function noCounts(): { -readonly [K in keyof BreakerCounts]: number } {
  return { requests: 0, totalSuccesses: 0, totalFailures: 0, consecutiveSuccesses: 0, consecutiveFailures: 0 }
}
