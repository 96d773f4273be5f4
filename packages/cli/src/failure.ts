/** What the command says about a failure, and with which code it ends. Called by `main.ts`, for everything thrown. */
import { DaprChatError, ProviderError } from '@dapr-chat/client'
import { ExitError, exitCodes } from './exit-code.ts'
import type { Style } from './terminal/style.ts'

/** What is printed. A failure that nobody foresaw keeps its stack; for the others a stack would hide what to do. */
export function failureText(thrown: unknown, style: Style): string {
  const isForeseen = thrown instanceof ExitError || thrown instanceof DaprChatError
  const text =
    thrown instanceof Error ? (isForeseen ? thrown.message : (thrown.stack ?? thrown.message)) : String(thrown)
  return `${[`${style.bad('dapr-chat:')} ${text}`, ...adviceOn(thrown)].join('\n')}\n`
}

/** Sentences on what to do about a failure. */
export function adviceOn(thrown: unknown): readonly string[] {
  const hint = thrown instanceof DaprChatError && thrown.hint !== undefined ? [thrown.hint] : []
  const wait = thrown instanceof ProviderError ? thrown.retryAfterMs : undefined
  return wait === undefined ? hint : [...hint, `It can be asked again in ${Math.ceil(wait / 1000)} s.`]
}

/** The exit code for whatever was thrown. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof ExitError) return thrown.exitCode
  if (!(thrown instanceof DaprChatError)) return exitCodes.failure
  switch (thrown.code) {
    case 'sidecar_unavailable':
      return exitCodes.unreachable
    case 'component_not_found':
    case 'unsupported_feature':
    case 'runtime_version':
    case 'prompt_template':
    case 'context_overflow':
      return exitCodes.usage
    case 'invalid_request':
      return isRefusedToken(thrown) ? exitCodes.auth : exitCodes.usage
    case 'provider_error':
      return thrown instanceof ProviderError ? providerExitCode(thrown) : exitCodes.failure
    case 'timeout':
      return exitCodes.timeout
    case 'aborted':
      return exitCodes.interrupted
    case 'stream_interrupted':
      return thrown.cause instanceof DaprChatError ? exitCodeOf(thrown.cause) : exitCodes.failure
    case 'tool_input':
    case 'tool_execution':
    case 'tool_unknown':
    case 'structured_output':
    case 'store_conflict':
    case 'internal':
      return exitCodes.failure
  }
}

/** The client counts a token that the sidecar refuses among the wrong requests; the failure inside tells it apart. */
function isRefusedToken(error: DaprChatError): boolean {
  const code = (error.cause as { code?: unknown } | undefined)?.code
  return code === 'unauthenticated' || code === 'forbidden'
}

function providerExitCode(error: ProviderError): number {
  switch (error.reason) {
    case 'auth':
      return exitCodes.auth
    case 'quota':
    case 'rate_limit':
      return exitCodes.rateLimited
    case 'content_filter':
      return exitCodes.contentFiltered
    case 'context_length':
    case 'invalid_request':
      return exitCodes.usage
    case 'unavailable':
      // The breaker's words, the same in Dapr: it is the sidecar that asks for less, so waiting helps.
      return /circuit breaker is open/.test(error.message) ? exitCodes.rateLimited : exitCodes.failure
    case 'unknown':
      return exitCodes.failure
  }
}
