/**
 * Makes a call again while nothing of its answer has been handed on. The first output commits: from then on the answer
 * is passed as it comes, its failure too, so that two answers are never spliced. What an attempt brought before its
 * first output, such as the start of the message, is held back until then and dropped with the attempt.
 */
import timers from 'node:timers/promises'
import { type ConversationCall, ConversationError, type Middleware } from '@dapr-chat/protocol'
import { type CommittedStream, untilOutput } from '../../pipeline/until-output.ts'
import type { RetryPolicy } from '../../policies/policy.ts'
import { Backoff } from './backoff.ts'
import { MAX_TIMER_MS } from './timer.ts'
import { isWorthRetrying } from './worth-retrying.ts'

/**
 * A middleware that retries by the policy.
 * @param onRetry is told before each further try.
 */
export function retry(policy: RetryPolicy, onRetry: () => void): Middleware {
  return (next) =>
    async function* retried(call) {
      const { first, rest } = await attempts(() => untilOutput(next(call)), policy, call, onRetry)
      try {
        if (first.length > 0) yield first
        for (let batch = await rest.next(); !batch.done; batch = await rest.next()) yield batch.value
      } finally {
        await rest.return?.()
      }
    }
}

/**
 * The first attempt that comes to its first output.
 * @throws ConversationError the failure of the last attempt, or the signal's reason where it stops the waiting.
 */
async function attempts(
  attempt: () => Promise<CommittedStream>,
  policy: RetryPolicy,
  { signal, observer }: ConversationCall,
  onRetry: () => void,
): Promise<CommittedStream> {
  const backoff = new Backoff(policy)
  for (let retries = 0; ; retries++) {
    try {
      return await attempt()
    } catch (thrown) {
      const error = ConversationError.from(thrown)
      if (signal.aborted || retries >= policy.maxRetries || !isWorthRetrying(error, policy)) throw error
      const pauseMs = backoff.next(error.retryAfterMs)
      if (pauseMs === undefined) throw error
      observer?.retried(error)
      await pause(pauseMs, signal)
      onRetry()
    }
  }
}

async function pause(pauseMs: number, signal: AbortSignal): Promise<void> {
  try {
    await timers.setTimeout(Math.min(pauseMs, MAX_TIMER_MS), undefined, { signal })
  } catch {
    throw ConversationError.from(signal.reason)
  }
}
