/** What went wrong in a call, as one of a few words that never become more: the attribute `error.type`. */
import type { ErrorCode } from '@dapr-chat/protocol'
import type { CallRecord } from './call-record.ts'

/** All words there are. */
export type ErrorType =
  | 'timeout'
  | 'rate_limited'
  | 'auth'
  | 'invalid_request'
  | 'content_filter'
  | 'circuit_open'
  | 'cancelled'
  | 'upstream_5xx'
  | 'connection'
  | '_OTHER'

const types: Readonly<Record<ErrorCode, ErrorType>> = {
  component_not_found: 'invalid_request',
  missing_inputs: 'invalid_request',
  invalid_params: 'invalid_request',
  malformed_request: 'invalid_request',
  body_too_large: 'invalid_request',
  unauthenticated: 'auth',
  forbidden: 'auth',
  not_found: 'invalid_request',
  auth: 'auth',
  quota: 'rate_limited',
  rate_limit: 'rate_limited',
  context_length: 'invalid_request',
  content_filter: 'content_filter',
  provider_invalid_request: 'invalid_request',
  unavailable: 'connection',
  timeout: 'timeout',
  interrupted: 'connection',
  protocol: '_OTHER',
  cancelled: 'cancelled',
  shutting_down: '_OTHER',
  internal: '_OTHER',
}

/** The word for a call; absent where nothing went wrong. */
export function errorTypeOf({ error, wasRefused }: Pick<CallRecord, 'error' | 'wasRefused'>): ErrorType | undefined {
  if (!error) return undefined
  if (wasRefused) return 'circuit_open'
  return error.code === 'unavailable' && (error.status ?? 0) >= 500 ? 'upstream_5xx' : types[error.code]
}
