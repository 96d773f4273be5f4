/** The entries of a Resiliency resource, one by one: what each kind of policy may say, and what holds when it does not. */
import type { DocumentError } from '../components/document.ts'
import type { Fields } from './fields.ts'
import type { CircuitBreakerPolicy, RetryPolicy } from './policy.ts'
import { compileTrip } from './trip.ts'

/**
 * Reads the entry of that name.
 * @param misspelt is told every field that has no effect.
 * @throws DocumentError where the entry cannot be used.
 */
export type ReadPolicy<T> = (entries: Fields, name: string, misspelt: (error: DocumentError) => void) => T

/** Which policies a component asks for, by name; an empty name means none. */
export interface ComponentTarget {
  readonly timeout: string
  readonly retry: string
  readonly circuitBreaker: string
  /** The line of the component's name, counted from 1. */
  readonly line: number
}

// The defaults are daprd's: dapr/kit's `retry/retry.go` and sony/gobreaker's settings.
const DEFAULT_PAUSE_MS = 5_000
const DEFAULT_MAX_PAUSE_MS = 60_000
const DEFAULT_OPEN_MS = 60_000
const DEFAULT_TRIP = 'consecutiveFailures > 5'

/** A retry policy. */
export const readRetry: ReadPolicy<RetryPolicy> = (entries, name, misspelt) => {
  const fields = entries.in(name)
  fields.unknown(['policy', 'duration', 'maxInterval', 'maxRetries', 'matching']).forEach(misspelt)
  const kind = fields.text('policy', 'constant').toLowerCase()
  if (kind !== 'constant' && kind !== 'exponential') throw fields.error('policy', 'must be constant or exponential')
  const matching = fields.in('matching')
  matching.unknown(['httpStatusCodes', 'gRPCStatusCodes']).forEach(misspelt)
  const httpStatusCodes = matching.codes('httpStatusCodes', 100, 599)
  const grpcStatusCodes = matching.codes('gRPCStatusCodes', 0, 16)
  const maxRetries = fields.integer('maxRetries', -1)
  return {
    kind,
    pauseMs: fields.duration('duration', DEFAULT_PAUSE_MS),
    maxPauseMs: fields.duration('maxInterval', DEFAULT_MAX_PAUSE_MS),
    maxRetries: maxRetries < 0 ? Number.POSITIVE_INFINITY : maxRetries,
    ...(httpStatusCodes && { httpStatusCodes }),
    ...(grpcStatusCodes && { grpcStatusCodes }),
  }
}

/** A circuit breaker. */
export const readCircuitBreaker: ReadPolicy<CircuitBreakerPolicy> = (entries, name, misspelt) => {
  const fields = entries.in(name)
  fields.unknown(['maxRequests', 'interval', 'timeout', 'trip']).forEach(misspelt)
  const maxRequests = fields.integer('maxRequests', 1)
  if (maxRequests < 0) throw fields.error('maxRequests', 'must not be negative')
  return {
    // A zero means the default, as in daprd.
    maxRequests: maxRequests || 1,
    intervalMs: fields.duration('interval', 0),
    timeoutMs: fields.duration('timeout', DEFAULT_OPEN_MS) || DEFAULT_OPEN_MS,
    condition: fields.text('trip', DEFAULT_TRIP),
    trip: readTrip(fields),
  }
}

function readTrip(fields: Fields): CircuitBreakerPolicy['trip'] {
  const expression = fields.text('trip', DEFAULT_TRIP)
  try {
    return compileTrip(expression)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw fields.error(
      'trip',
      `must be a condition in CEL over requests, totalSuccesses, totalFailures, consecutiveSuccesses and consecutiveFailures (${reason})`,
    )
  }
}

/** A component's choice of policies. Conversations only go out, so that `inbound` says nothing of them. */
export const readTarget: ReadPolicy<ComponentTarget> = (entries, name, misspelt) => {
  const directions = entries.in(name)
  directions.unknown(['outbound', 'inbound']).forEach(misspelt)
  const fields = directions.in('outbound')
  fields.unknown(['timeout', 'retry', 'circuitBreaker']).forEach(misspelt)
  return {
    timeout: fields.text('timeout', ''),
    retry: fields.text('retry', ''),
    circuitBreaker: fields.text('circuitBreaker', ''),
    line: entries.line(name),
  }
}
