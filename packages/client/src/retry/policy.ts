/** When a call that failed is made again, and after how long: pure rules, for `retry.ts` to carry out. */
import { ConversationError } from '@dapr-chat/protocol'
import { DaprChatError, InvalidRequestError, ProviderError } from '../errors.ts'

/**
 * How often and how soon a call is made again that failed before the first output. Only failures that may pass are:
 * a sidecar that cannot be reached, a provider that is not available or wants the caller to slow down, a clock of the
 * sidecar that ran out.
 */
export interface RetryPolicy {
  /**
   * How often, beside the first try.
   * @default 2
   */
  readonly maxRetries?: number
  /**
   * The wait before the first retry, in milliseconds; each further one is twice as long. Up to a quarter of it is left
   * off at random, so that many callers do not come back at once.
   * @default 500
   */
  readonly minDelayMs?: number
  /**
   * The longest such wait, in milliseconds.
   * @default 8000
   */
  readonly maxDelayMs?: number
  /**
   * The longest wait that a server may ask for by `Retry-After`, in milliseconds. It is never cut short: where a server
   * asks for more than this, the failure is thrown at once, with the time in `retryAfterMs`.
   * @default 60000
   */
  readonly maxRetryAfterMs?: number
}

/** A policy with nothing left open. */
export type CompleteRetryPolicy = Required<RetryPolicy>

const defaults: CompleteRetryPolicy = { maxRetries: 2, minDelayMs: 500, maxDelayMs: 8_000, maxRetryAfterMs: 60_000 }

/** The names of a policy's fields. */
export const retryKeys: Readonly<Record<keyof RetryPolicy, true>> = {
  maxRetries: true,
  minDelayMs: true,
  maxDelayMs: true,
  maxRetryAfterMs: true,
}

/** The policy of a call: what it says, over what its client says; `false` is a policy without retries. */
export function retryPolicy(call: RetryPolicy | false | undefined, client: RetryPolicy | false | undefined) {
  const given = call ?? client ?? {}
  return { ...defaults, ...(given === false ? { maxRetries: 0 } : given) }
}

/** @throws InvalidRequestError for a policy with an impossible value. */
export function checkRetryValues(policy: RetryPolicy): void {
  for (const [name, value] of Object.entries(policy) as [string, unknown][]) {
    const possible = typeof value === 'number' && value >= 0 && value < 2 ** 31
    if (value === undefined || (possible && (name !== 'maxRetries' || Number.isInteger(value)))) continue
    const rule = name === 'maxRetries' ? 'a whole number from 0' : 'milliseconds from 0 and below 2147483648'
    throw new InvalidRequestError(
      `Cannot use option "retry": ${name} must be ${rule}: current value is ${String(value)}`,
    )
  }
}

/**
 * How long to wait before a call that failed is made again, in milliseconds; `undefined` where it is not.
 * @param retries how often it was made again already.
 * @param random a number from 0 and below 1.
 */
export function retryDelay(
  failure: unknown,
  retries: number,
  policy: CompleteRetryPolicy,
  random = Math.random(),
): number | undefined {
  if (retries >= policy.maxRetries || !mayPass(failure)) return undefined
  const asked = waitAskedFor(failure)
  if (asked > policy.maxRetryAfterMs) return undefined
  const backoff = Math.min(policy.minDelayMs * 2 ** retries, policy.maxDelayMs)
  return Math.max(asked, backoff * (1 - random / 4))
}

function mayPass(failure: unknown): boolean {
  return (failure instanceof ConversationError || failure instanceof DaprChatError) && failure.retryable
}

function waitAskedFor(failure: unknown): number {
  const told = failure instanceof ConversationError || failure instanceof ProviderError
  return told ? (failure.retryAfterMs ?? 0) : 0
}
