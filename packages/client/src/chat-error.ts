/** The one place where a failure becomes an error that users catch. */
import { ConversationError, errorAdvice } from '@dapr-chat/protocol'
import {
  AbortedError,
  type ChatErrorDetails,
  ComponentNotFoundError,
  DaprChatError,
  InvalidRequestError,
  type PartialAnswer,
  ProviderError,
  type ProviderErrorReason,
  SidecarUnavailableError,
  StreamInterruptedError,
  TimeoutError,
  UnsupportedFeatureError,
} from './errors.ts'

/** What is known around a failure. */
export interface FailureContext {
  /** The component that was asked, once it is known. */
  readonly component?: string | undefined
  /** What had arrived, once model output has. */
  readonly partial?: PartialAnswer | undefined
  /** Whether the call was stopped on this side, by its caller or its deadline. */
  readonly stopped?: boolean
}

/**
 * The error for whatever was thrown. Once model output has arrived, whatever was not stopped on this side is a
 * `StreamInterruptedError`, whose cause tells more.
 */
export function toChatError(thrown: unknown, context: FailureContext = {}): DaprChatError {
  const { component, partial, stopped = false } = context
  const error = beforeOutput(thrown, component)
  if (!partial || stopped) return error
  const { hint, requestId, cause } = error
  return new StreamInterruptedError(`The answer broke off after ${partial.text.length} characters: ${error.message}`, {
    component: error.component ?? component,
    hint,
    requestId,
    // An error of the same kind tells nothing more; what broke the connection does.
    cause: error instanceof StreamInterruptedError ? cause : error,
    partial,
  })
}

function beforeOutput(thrown: unknown, component: string | undefined): DaprChatError {
  if (thrown instanceof DaprChatError) return thrown
  const error = ConversationError.from(thrown)
  const { message, retryable, status, retryAfterMs, requestId } = error
  const hint = errorAdvice[error.code]
  const details: ChatErrorDetails = { component: error.component ?? component, requestId, hint, cause: error }
  const provider = (reason: ProviderErrorReason) =>
    new ProviderError(message, { ...details, retryable, reason, status, retryAfterMs })
  switch (error.code) {
    case 'component_not_found':
      // Whoever knows which components there are says so in place of the advice.
      return new ComponentNotFoundError(message, { ...details, hint: undefined, available: [] })
    case 'missing_inputs':
    case 'invalid_params':
    case 'malformed_request':
    case 'body_too_large':
    case 'unauthenticated':
    case 'forbidden':
      return new InvalidRequestError(message, details)
    case 'not_found':
      return new UnsupportedFeatureError(message, details)
    case 'auth':
    case 'quota':
    case 'rate_limit':
    case 'context_length':
    case 'content_filter':
    case 'unavailable':
      return provider(error.code)
    case 'provider_invalid_request':
      return provider('invalid_request')
    case 'protocol':
      return provider('unknown')
    case 'interrupted':
      return new StreamInterruptedError(message, {
        ...details,
        cause: error.cause ?? error,
        partial: { text: '', toolCalls: [] },
      })
    case 'timeout':
      return new TimeoutError(message, details)
    case 'cancelled':
      // There is nothing to do about it.
      return new AbortedError(message, { ...details, hint: undefined, cause: error.cause })
    case 'shutting_down':
      return new SidecarUnavailableError(message, details)
    case 'internal':
      return new DaprChatError('internal', message, { ...details, cause: error.cause ?? error })
  }
}
