/**
 * The one signal of a call: the caller's own, its deadline and `cancel()` in one. Every wait of the client takes it,
 * because a `return()` on an iterator that is waiting would wait as well.
 */
import { ConversationError } from '@dapr-chat/protocol'

/** What can end a call from outside. */
export interface CallLimits {
  readonly signal?: AbortSignal | undefined
  /** How long the whole call may take, in milliseconds; absent means as long as it takes. */
  readonly timeoutMs?: number | undefined
}

const deadlines = new WeakMap<AbortSignal, number>()

/** When the call of a signal has to be over, on the clock of `performance.now()`; never, where it has no deadline. */
export function deadlineOf(signal: AbortSignal): number {
  return deadlines.get(signal) ?? Number.POSITIVE_INFINITY
}

/** The signal of one call. Its reason is a `ConversationError`: `cancelled`, or `timeout` with the clock `total`. */
export class CallSignal implements Disposable {
  readonly #controller = new AbortController()
  readonly #limits: CallLimits
  readonly #onAbort = () => this.cancel('the signal of the call was aborted', this.#limits.signal?.reason)
  #timer: ReturnType<typeof setTimeout> | undefined
  #ended = false

  /** The deadline counts from `start`. */
  constructor(limits: CallLimits) {
    this.#limits = limits
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Begins to listen to the caller's signal and starts the clock. */
  start(): void {
    const { signal, timeoutMs } = this.#limits
    if (signal?.aborted) this.#onAbort()
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (timeoutMs === undefined || this.signal.aborted) return
    deadlines.set(this.signal, performance.now() + timeoutMs)
    this.#timer = setTimeout(() => {
      const message = `the call took longer than its timeoutMs of ${timeoutMs}`
      this.#controller.abort(new ConversationError('timeout', message, { clock: 'total' }))
    }, timeoutMs)
  }

  /** Stops the call. Without effect once it was stopped, or after it has ended. */
  cancel(message: string, cause?: unknown): void {
    if (!this.#ended) this.#controller.abort(new ConversationError('cancelled', message, { cause }))
  }

  /** The call has ended: nothing is listened to any more and the timer is gone. */
  [Symbol.dispose](): void {
    this.#ended = true
    clearTimeout(this.#timer)
    this.#limits.signal?.removeEventListener('abort', this.#onAbort)
  }
}

/**
 * Waits for a promise or for the signal, whichever comes first.
 * @throws the signal's reason when the signal was first; the promise's own failure is then dropped.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/**
 * Waits for a time, in milliseconds, or for the signal.
 * @throws the signal's reason when the signal was first.
 */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, milliseconds)
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
