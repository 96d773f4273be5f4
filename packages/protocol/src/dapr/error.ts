/**
 * Writes a `ConversationError` as Dapr's callers get it: HTTP bodies and headers, gRPC statuses, and the error inside a
 * stream. Dapr's own bodies have two members and its gRPC statuses no detail; ours travels where their clients do not
 * look: in a header, in `grpc-status-details-bin` and in a third member of the in-band body. `error-reader.ts` is the way
 * back.
 */
import { create, toBinary } from '@bufbuild/protobuf'
import { anyPack } from '@bufbuild/protobuf/wkt'
import type { ConversationError, ErrorCode } from '../error.ts'
import { errorRow } from '../error.ts'
import { REQUEST_ID_HEADER } from '../request-id.ts'
import { ErrorInfoSchema } from './gen/google/rpc/error_details_pb.js'
import { StatusSchema } from './gen/google/rpc/status_pb.js'

/** The `domain` of our ErrorInfo. */
export const ERROR_DOMAIN = 'dapr-chat'

/** The `domain` of daprd's own ErrorInfo. */
export const DAPR_ERROR_DOMAIN = 'dapr.io'

/** Where daprd's ErrorInfo has the reason for a refusal. */
export const DAPR_ERROR_MESSAGE = 'http.error_message'

/** The header of an HTTP answer that carries the error's code. */
export const ERROR_HEADER = 'dapr-chat-error'

/** The type of our detail, as JSON spells it. */
export const ERROR_INFO_TYPE = 'type.googleapis.com/google.rpc.ErrorInfo'

/** Dapr's error body: these two members and nothing else. */
export interface DaprErrorBody {
  readonly errorCode: string
  readonly message: string
}

/** A gRPC status. */
export interface GrpcStatus {
  readonly code: number
  readonly message: string
  /** The bytes of `grpc-status-details-bin`: a `google.rpc.Status` with one ErrorInfo. */
  readonly details: Uint8Array
}

/** An error's message in Dapr's words: with the component's name in front where Dapr puts it there. */
export function daprErrorMessage(error: ConversationError): string {
  const { code, component, message } = error
  if (component === undefined) return message
  if (code === 'component_not_found') return notFoundPrefix + component
  return isConversing(code) ? `${conversingPrefix}${component}: ${message}` : message
}

/** What Dapr puts before the name of a component that does not exist. */
export const notFoundPrefix = 'failed finding conversation component '

/** What Dapr puts before the name of a component that failed. */
export const conversingPrefix = 'failed conversing with component '

/** Whether Dapr names the component in messages of this code. */
export function isConversing(code: ErrorCode): boolean {
  return code === 'missing_inputs' || code === 'invalid_params' || errorRow(code).dapr === 'ERR_CONVERSATION_INVOKE'
}

/** The error body as an object. */
export function daprErrorBody(error: ConversationError): DaprErrorBody {
  return { errorCode: errorRow(error.code).dapr, message: daprErrorMessage(error) }
}

/** The error body of an HTTP answer as text. */
export function writeErrorBody(error: ConversationError): string {
  return goJson(daprErrorBody(error))
}

/**
 * Headers that go with the body: the code, in whole seconds how long to wait, and the provider's name for the request,
 * where it said so.
 */
export function errorHeaders(error: ConversationError): Record<string, string> {
  const { code, retryAfterMs, requestId } = error
  return {
    [ERROR_HEADER]: code,
    ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(Math.max(retryAfterMs, 0) / 1000)) }),
    ...(requestId !== undefined && { [REQUEST_ID_HEADER]: requestId }),
  }
}

/** The data of the `error` event in an SSE stream: Dapr's body with our detail as a third member. */
export function streamErrorBody(error: ConversationError): string {
  return goJson({ ...daprErrorBody(error), details: [{ '@type': ERROR_INFO_TYPE, ...errorInfo(error) }] })
}

/**
 * What daprd refuses before a call reaches its API, with the HTTP status that it derives the gRPC one from: the message is
 * the status' name, and the reason stands in the detail (daprd's `pkg/messaging/v1/util.go`).
 */
const refusals: Partial<Record<ErrorCode, { readonly status: number; readonly name: string }>> = {
  unauthenticated: { status: 401, name: 'Unauthorized' },
  not_found: { status: 501, name: 'Not Implemented' },
}

/** The longest value in the metadata of daprd's ErrorInfo, in characters. */
const LONGEST_VALUE = 63

/** The status of a failed gRPC call. */
export function writeGrpcStatus(error: ConversationError): GrpcStatus {
  const code = errorRow(error.code).grpc
  const refusal = refusals[error.code]
  const message = refusal?.name ?? daprErrorMessage(error)
  const info = refusal
    ? {
        reason: refusal.name,
        domain: DAPR_ERROR_DOMAIN,
        metadata: {
          'http.code': String(refusal.status),
          [DAPR_ERROR_MESSAGE]: error.message.slice(0, LONGEST_VALUE).toWellFormed(),
        },
      }
    : errorInfo(error)
  const any = anyPack(ErrorInfoSchema, create(ErrorInfoSchema, info))
  const details = toBinary(StatusSchema, create(StatusSchema, { code, message, details: [any] }))
  return { code, message, details }
}

function errorInfo({ code, component, retryAfterMs, status, clock, requestId }: ConversationError) {
  return {
    reason: code.toUpperCase(),
    domain: ERROR_DOMAIN,
    metadata: {
      ...(component !== undefined && { component }),
      ...(retryAfterMs !== undefined && { retryAfterMs: String(retryAfterMs) }),
      ...(status !== undefined && { status: String(status) }),
      ...(clock !== undefined && { clock }),
      ...(requestId !== undefined && { requestId }),
    },
  }
}

/** JSON with the escapes of Go's encoder, which daprd uses for errors and not for answers. */
function goJson(value: object): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
