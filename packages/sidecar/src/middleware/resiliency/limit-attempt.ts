/** Ends an attempt that takes too long. It is the total time of an answer, a long healthy stream included. */
import { ConversationError, type Middleware } from '@dapr-chat/protocol'
import { MAX_TIMER_MS } from './timer.ts'

/**
 * A middleware that gives each attempt so many milliseconds.
 * @param onTimeout is told each time that they were not enough.
 */
export function limitAttempt(limitMs: number, onTimeout: () => void): Middleware {
  return (next) =>
    async function* limited(call) {
      const clock = new AbortController()
      const timer = setTimeout(() => clock.abort(deadlineExceeded(limitMs)), Math.min(limitMs, MAX_TIMER_MS))
      try {
        yield* next({ ...call, signal: AbortSignal.any([call.signal, clock.signal]) })
      } catch (thrown) {
        if (!clock.signal.aborted || call.signal.aborted) throw thrown
        onTimeout()
        // In our words, whatever the provider had to say about being stopped.
        throw clock.signal.reason
      } finally {
        clearTimeout(timer)
      }
    }
}

/** Keeps the words of daprd, by which clients know the case. */
function deadlineExceeded(limitMs: number): ConversationError {
  const message = `the answer must be complete within the ${limitMs} ms of its timeout policy: context deadline exceeded`
  return new ConversationError('timeout', message, { clock: 'total' })
}
