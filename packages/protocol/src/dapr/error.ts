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
import { ErrorInfoSchema } from './gen/google/rpc/error_details_pb.js'
import { StatusSchema } from './gen/google/rpc/status_pb.js'

/** The `domain` of our ErrorInfo. */
export const ERROR_DOMAIN = 'dapr-chat'

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

/** Headers that go with the body: the code, and in whole seconds how long to wait where the provider said so. */
export function errorHeaders(error: ConversationError): Record<string, string> {
  const { code, retryAfterMs } = error
  return {
    [ERROR_HEADER]: code,
    ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(Math.max(retryAfterMs, 0) / 1000)) }),
  }
}

/** The data of the `error` event in an SSE stream: Dapr's body with our detail as a third member. */
export function streamErrorBody(error: ConversationError): string {
  return goJson({ ...daprErrorBody(error), details: [{ '@type': ERROR_INFO_TYPE, ...errorInfo(error) }] })
}

/** The status of a failed gRPC call. */
export function writeGrpcStatus(error: ConversationError): GrpcStatus {
  const code = errorRow(error.code).grpc
  const message = daprErrorMessage(error)
  const info = anyPack(ErrorInfoSchema, create(ErrorInfoSchema, errorInfo(error)))
  const details = toBinary(StatusSchema, create(StatusSchema, { code, message, details: [info] }))
  return { code, message, details }
}

function errorInfo({ code, component, retryAfterMs, status, clock }: ConversationError) {
  return {
    reason: code.toUpperCase(),
    domain: ERROR_DOMAIN,
    metadata: {
      ...(component !== undefined && { component }),
      ...(retryAfterMs !== undefined && { retryAfterMs: String(retryAfterMs) }),
      ...(status !== undefined && { status: String(status) }),
      ...(clock !== undefined && { clock }),
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
