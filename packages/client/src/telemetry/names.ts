/**
 * The names of OpenTelemetry's conventions for generative AI, as released with version 1.41 of the semantic conventions.
 * Written out here because their package asks libraries not to import what is still in development.
 */
import { ConversationError, type ErrorCode } from '@dapr-chat/protocol'
import { DaprChatError } from '../errors.ts'

const seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]

/** The histograms, with the units and boundaries that the conventions give them. */
export const histogram = {
  duration: { name: 'gen_ai.client.operation.duration', unit: 's', boundaries: seconds },
  timeToFirstChunk: { name: 'gen_ai.client.operation.time_to_first_chunk', unit: 's', boundaries: seconds },
  timePerOutputChunk: { name: 'gen_ai.client.operation.time_per_output_chunk', unit: 's', boundaries: seconds },
  tokens: {
    name: 'gen_ai.client.token.usage',
    unit: '{token}',
    boundaries: Array.from({ length: 14 }, (_, index) => 4 ** index),
  },
} as const

const errorTypes: Partial<Readonly<Record<ErrorCode | DaprChatError['code'], string>>> = {
  timeout: 'timeout',
  rate_limit: 'rate_limited',
  quota: 'rate_limited',
  auth: 'auth',
  unauthenticated: 'auth',
  forbidden: 'auth',
  content_filter: 'content_filter',
  cancelled: 'cancelled',
  aborted: 'cancelled',
  unavailable: 'upstream_5xx',
  interrupted: 'connection',
  stream_interrupted: 'connection',
  sidecar_unavailable: 'connection',
  shutting_down: 'connection',
  component_not_found: 'invalid_request',
  missing_inputs: 'invalid_request',
  invalid_params: 'invalid_request',
  malformed_request: 'invalid_request',
  body_too_large: 'invalid_request',
  provider_invalid_request: 'invalid_request',
  context_length: 'invalid_request',
  invalid_request: 'invalid_request',
  unsupported_feature: 'invalid_request',
  runtime_version: 'invalid_request',
}

/** The value of `error.type`, one of few: `_OTHER` for whatever has no kind of its own. */
export function errorType(thrown: unknown): string {
  const known = thrown instanceof ConversationError || thrown instanceof DaprChatError
  return (known ? errorTypes[thrown.code] : undefined) ?? '_OTHER'
}
