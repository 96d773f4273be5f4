/**
 * What resiliency policies say, once read: the types that the loader here fills and the middleware applies. All times
 * are milliseconds.
 */
import type { CodeRanges } from './status-codes.ts'

/** When a call is made again. */
export interface RetryPolicy {
  /** Whether the pauses stay as they are or grow. */
  readonly kind: 'constant' | 'exponential'
  /** The pause between tries of a constant policy. */
  readonly pauseMs: number
  /** The longest pause of an exponential policy. */
  readonly maxPauseMs: number
  /** Tries after the first one; `Infinity` stands for no limit. */
  readonly maxRetries: number
  /** The HTTP statuses of a provider that are retried; absent means those that may pass by themselves. */
  readonly httpStatusCodes?: CodeRanges
  /** The gRPC codes that are retried, for failures without an HTTP status; absent means as above. */
  readonly grpcStatusCodes?: CodeRanges
}

/** What a breaker has counted since it closed, or since the last interval began. */
export interface BreakerCounts {
  readonly requests: number
  readonly totalSuccesses: number
  readonly totalFailures: number
  readonly consecutiveSuccesses: number
  readonly consecutiveFailures: number
}

/** When a component is left alone for a while. */
export interface CircuitBreakerPolicy {
  /** Calls let through at a time while half-open, and successes needed to close. */
  readonly maxRequests: number
  /** How often the counts of a closed breaker begin anew; 0 means never. */
  readonly intervalMs: number
  /** How long an open breaker refuses calls. */
  readonly timeoutMs: number
  /** The text of `trip`: policies are the same where all that they say is. */
  readonly condition: string
  /** Whether a closed breaker opens; asked after each failure. */
  readonly trip: (counts: BreakerCounts) => boolean
}

/** A policy and where it comes from. */
export interface Named<T> {
  /** The policy's own name. */
  readonly name: string
  /** The name of the Resiliency resource that declares it. */
  readonly resource: string
  readonly policy: T
}

/** The policies of one component; what is absent does not apply. */
export interface ComponentPolicies {
  /** How long one attempt may take. */
  readonly timeout?: Named<number>
  readonly retry?: Named<RetryPolicy>
  readonly circuitBreaker?: Named<CircuitBreakerPolicy>
}
