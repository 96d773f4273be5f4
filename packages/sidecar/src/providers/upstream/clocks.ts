/**
 * The four clocks of a call to a provider, each with its own error: connecting, the first token, silence between
 * tokens, and the whole. One timer serves them all and is set again only when it fires, so that a token costs no more
 * than noting the time.
 */
import { type Clock, ConversationError } from '@dapr-chat/protocol'

/** How long each clock may run, in milliseconds; 0 turns it off. */
export interface ClockLimits {
  /** From the call until a connection takes the request. */
  readonly connectMs: number
  /** From then until the first model output, response headers or not. */
  readonly firstTokenMs: number
  /** Between two reads while an answer is awaited; time in which the caller does not read does not count. */
  readonly idleMs: number
  /** The whole call. */
  readonly totalMs: number
}

/** The longest timer that Node has, some 25 days; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** How long a provider that has finished every choice may still be awaited for the token counts, in milliseconds. */
const FAREWELL_MS = 5_000

const explanations: Readonly<Record<Clock, string>> = {
  connect: 'the provider accepted no connection within',
  'first-token': 'the provider sent no token within',
  idle: 'the provider fell silent in the middle of the answer for',
  total: 'the answer was not complete within',
}

/** The clocks of one call. */
export class CallClocks {
  readonly #limits: ClockLimits
  #idleMs: number
  readonly #expire: (error: ConversationError) => void
  readonly #start = performance.now()
  #timer: NodeJS.Timeout | undefined
  #timerEnd = Infinity
  #phase: Exclude<Clock, 'total'> = 'connect'
  #phaseStart = this.#start
  #waiting = true

  /** @param expire called once, with the error of the clock that ran out. */
  constructor(limits: ClockLimits, expire: (error: ConversationError) => void) {
    this.#limits = limits
    this.#idleMs = limits.idleMs
    this.#expire = expire
    this.#arm()
  }

  /** A connection has taken the request: the first token is awaited. */
  connected(): void {
    this.#enter('first-token')
  }

  /** Model output has arrived: from now on silence counts. */
  committed(): void {
    if (this.#phase !== 'idle') this.#enter('idle')
  }

  /** Every choice has finished: the little that may still come is not waited for as long as words are. */
  finished(): void {
    this.#idleMs = this.#idleMs > 0 ? Math.min(this.#idleMs, FAREWELL_MS) : FAREWELL_MS
    this.#enter('idle')
  }

  /** The reader waits for bytes: silence counts from now. */
  wait(): void {
    this.#waiting = true
    if (this.#phase === 'idle') this.#phaseStart = performance.now()
  }

  /** Bytes have arrived, or the reader is busy elsewhere: silence does not count. */
  pause(): void {
    this.#waiting = false
  }

  /** The call is over. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  #enter(phase: 'first-token' | 'idle'): void {
    const now = performance.now()
    this.#phase = phase
    this.#phaseStart = now
    // A timer that is set already and fires too early looks again then; only one that fires too late is set anew.
    if (this.#phaseEnd(now) >= this.#timerEnd) return
    clearTimeout(this.#timer)
    this.#arm()
  }

  #arm(): void {
    const now = performance.now()
    const next = Math.min(this.#totalEnd(), this.#phaseEnd(now))
    this.#timerEnd = next
    if (next === Infinity) return
    // A fraction of a millisecond would be cut off and the timer fire too early, again and again.
    const wait = Math.min(Math.ceil(Math.max(0, next - now)), MAX_TIMER_MS)
    this.#timer = setTimeout(() => this.#check(), wait)
  }

  #check(): void {
    const now = performance.now()
    if (now >= this.#totalEnd()) this.#fire('total', this.#limits.totalMs)
    else if (now >= this.#phaseEnd(now)) this.#fire(this.#phase, this.#phaseLimit())
    else this.#arm()
  }

  #fire(clock: Clock, limitMs: number): void {
    this.#expire(new ConversationError('timeout', `${explanations[clock]} ${limitMs} ms`, { clock }))
  }

  #totalEnd(): number {
    return this.#limits.totalMs > 0 ? this.#start + this.#limits.totalMs : Infinity
  }

  #phaseEnd(now: number): number {
    const limit = this.#phaseLimit()
    if (limit <= 0) return Infinity
    // While nobody waits for the provider, the earliest that silence can run out is a whole limit from now.
    return (this.#phase === 'idle' && !this.#waiting ? now : this.#phaseStart) + limit
  }

  #phaseLimit(): number {
    switch (this.#phase) {
      case 'connect':
        return this.#limits.connectMs
      case 'first-token':
        return this.#limits.firstTokenMs
      case 'idle':
        return this.#idleMs
    }
  }
}
