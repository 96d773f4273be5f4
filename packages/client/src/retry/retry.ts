/** Makes a call again that failed, by the rules of `policy.ts`. The one loop for questions and for all else. */
import { deadlineOf, pause } from '../abortable.ts'
import { type CompleteRetryPolicy, retryDelay } from './policy.ts'

/** Where in the loop a try stands. */
export interface Try {
  /** How often the call has been made, this time included. */
  readonly attempt: number
  /** Whether no other try follows, however this one fails. */
  readonly last: boolean
}

/**
 * Runs a call until it succeeds, fails for good, or the waits are used up. A wait that would outlast the call's
 * deadline is not begun.
 * @throws what the last try threw, or the signal's reason.
 */
export async function withRetries<T>(
  run: (at: Try) => Promise<T>,
  policy: CompleteRetryPolicy,
  signal: AbortSignal,
): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await run({ attempt: retries + 1, last: retries >= policy.maxRetries })
    } catch (thrown) {
      const delay = signal.aborted ? undefined : retryDelay(thrown, retries, policy)
      if (delay === undefined || performance.now() + delay >= deadlineOf(signal)) throw thrown
      await pause(delay, signal)
    }
  }
}
