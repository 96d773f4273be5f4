/** The `initTimeout` of a component, kept: what is asynchronous in bringing it up ends in time. */

/** The longest that a timer of Node takes; a longer one would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Does one step, which is given up when the time is over, whether it listens to its signal or not.
 * @throws `late` when the time is over, and what the step throws.
 */
export async function withinInitTimeout<T>(
  timeoutMs: number,
  late: Error,
  step: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const { promise: over, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => {
      // Before the abort: the step's own complaint about it says less.
      reject(late)
      controller.abort(late)
    },
    Math.min(timeoutMs, MAX_TIMER_MS),
  )
  try {
    return await Promise.race([over, step(controller.signal)])
  } finally {
    clearTimeout(timer)
  }
}
