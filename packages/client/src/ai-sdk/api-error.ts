/** Failures as the AI SDK knows them, so that its own retries work and programs find the status where they look for it. */
import { APICallError } from '@ai-sdk/provider'
import { type ChatErrorCode, DaprChatError, ProviderError } from '../errors.ts'

/**
 * What to throw to the AI SDK. A question that its caller stopped fails with the reason that the caller's signal gives,
 * as `fetch` does.
 */
export function toApiError(thrown: unknown, component: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason
  if (!(thrown instanceof DaprChatError)) return thrown
  const statusCode = statusOf(thrown)
  const wait = thrown instanceof ProviderError ? thrown.retryAfterMs : undefined
  return new APICallError({
    message: thrown.hint === undefined ? thrown.message : `${thrown.message}. ${thrown.hint}`,
    url: `dapr:conversation/${component}`,
    // What was said is nobody's business who reads errors.
    requestBodyValues: {},
    ...(statusCode !== undefined && { statusCode }),
    ...(wait !== undefined && { responseHeaders: { 'retry-after-ms': String(wait) } }),
    isRetryable: thrown.retryable,
    cause: thrown,
  })
}

const statuses: Readonly<Partial<Record<ChatErrorCode, number>>> = {
  sidecar_unavailable: 503,
  component_not_found: 404,
  invalid_request: 400,
  timeout: 504,
  stream_interrupted: 502,
  unsupported_feature: 501,
  runtime_version: 501,
  internal: 500,
}

/** The status of the provider's answer, or the one that says the same. */
function statusOf(error: DaprChatError): number | undefined {
  return error instanceof ProviderError ? error.status : statuses[error.code]
}
