/**
 * Where a kind of failure shows beside the statuses of the error table: what our client throws, with which code the command
 * ends, and where it cannot show at all. `docs/troubleshooting.md` says so, and `conformance/error-codes.test.ts` brings each
 * of them about.
 */
import type { ProviderErrorReason } from '@dapr-chat/client'
import type { ErrorCode } from '@dapr-chat/protocol'

/** A surface of the sidecar. */
export type ErrorPlace = 'dapr' | 'openai' | 'grpc'

/** What each surface cannot say. */
export const cannotShow: Readonly<Record<ErrorPlace, Partial<Record<ErrorCode, string>>>> = {
  dapr: { cancelled: 'nobody is there to be answered' },
  openai: {
    missing_inputs: 'messages are a matter of the shape there',
    invalid_params: 'what the wire says of tools goes to the provider as it is',
    cancelled: 'nobody is there to be answered',
  },
  grpc: {
    malformed_request: 'bytes that are no message end a call with gRPC’s own status',
    forbidden: 'web pages do not speak gRPC',
    cancelled: 'nobody is there to be answered',
  },
}

/** Answered with a line of text and nothing else, as daprd does: who may not pass learns no more. */
export const textOnly: ReadonlySet<ErrorCode> = new Set(['unauthenticated', 'forbidden'])

/** What becomes of a failure outside of the sidecar. */
export interface ThrownError {
  /** The class that our client throws. */
  readonly class: string
  /** The `reason` of a `ProviderError`. */
  readonly reason?: ProviderErrorReason
  /** The exit code of `dapr-chat ask`. */
  readonly exitCode: number
}

const provider = (reason: ProviderErrorReason, exitCode: number): ThrownError => ({
  class: 'ProviderError',
  reason,
  exitCode,
})

/** What becomes of each kind. */
export const thrownErrors: Readonly<Record<ErrorCode, ThrownError>> = {
  component_not_found: { class: 'ComponentNotFoundError', exitCode: 2 },
  missing_inputs: { class: 'InvalidRequestError', exitCode: 2 },
  invalid_params: { class: 'InvalidRequestError', exitCode: 2 },
  malformed_request: { class: 'InvalidRequestError', exitCode: 2 },
  body_too_large: { class: 'InvalidRequestError', exitCode: 2 },
  unauthenticated: { class: 'InvalidRequestError', exitCode: 4 },
  forbidden: { class: 'InvalidRequestError', exitCode: 4 },
  not_found: { class: 'UnsupportedFeatureError', exitCode: 2 },
  auth: provider('auth', 4),
  quota: provider('quota', 5),
  rate_limit: provider('rate_limit', 5),
  context_length: provider('context_length', 2),
  content_filter: provider('content_filter', 6),
  provider_invalid_request: provider('invalid_request', 2),
  unavailable: provider('unavailable', 1),
  timeout: { class: 'TimeoutError', exitCode: 124 },
  interrupted: { class: 'StreamInterruptedError', exitCode: 1 },
  protocol: provider('unknown', 1),
  cancelled: { class: 'AbortedError', exitCode: 130 },
  shutting_down: { class: 'SidecarUnavailableError', exitCode: 3 },
  internal: { class: 'DaprChatError', exitCode: 1 },
}
