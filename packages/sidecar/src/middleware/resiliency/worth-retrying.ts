/**
 * Which failures are worth another try. daprd repeats every failure, a refused key included, whatever `matching` says;
 * here only what may pass by itself is repeated, and `matching` decides where it speaks.
 */
import { type ConversationError, type ErrorCode, errorRow } from '@dapr-chat/protocol'
import type { RetryPolicy } from '../../policies/policy.ts'
import { includesCode } from '../../policies/status-codes.ts'
import { BreakerRefusal } from './circuit-breaker.ts'

/** Whether a policy has this failure retried. A provider's HTTP status is matched as it is; without one, the kind is. */
export function isWorthRetrying(error: ConversationError, policy: RetryPolicy): boolean {
  if (error instanceof BreakerRefusal || error.code === 'cancelled') return false
  const { httpStatusCodes, grpcStatusCodes } = policy
  if (httpStatusCodes && error.status !== undefined) return includesCode(httpStatusCodes, error.status)
  if (grpcStatusCodes) return includesCode(grpcStatusCodes, grpcCodeOf(error.code))
  return error.retryable
}

/** The canonical gRPC code of a kind of failure. Dapr's wire says 13 of all that a provider does, which matches nothing. */
function grpcCodeOf(code: ErrorCode): number {
  switch (code) {
    case 'provider_invalid_request':
    case 'context_length':
    case 'content_filter':
      return 3
    case 'timeout':
      return 4
    case 'quota':
    case 'rate_limit':
      return 8
    case 'unavailable':
    case 'interrupted':
      return 14
    case 'auth':
      return 16
    default:
      return errorRow(code).grpc
  }
}
