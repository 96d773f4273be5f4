/**
 * Reads the errors of a sidecar back into `ConversationError`s, for the client: our own by their detail, which loses
 * nothing, and those of a stock daprd by error code and text.
 */
import { fromBinary } from '@bufbuild/protobuf'
import { anyUnpack } from '@bufbuild/protobuf/wkt'
import type { Clock, ErrorCode, ErrorDetails } from '../error.ts'
import { ConversationError, errorRow, isErrorCode } from '../error.ts'
import { codeOfFailure, statusInText } from '../failure-words.ts'
import { requestIdIn } from '../request-id.ts'
import {
  conversingPrefix,
  DAPR_ERROR_DOMAIN,
  DAPR_ERROR_MESSAGE,
  ERROR_DOMAIN,
  ERROR_HEADER,
  ERROR_INFO_TYPE,
  notFoundPrefix,
} from './error.ts'
import { type ErrorInfo, ErrorInfoSchema } from './gen/google/rpc/error_details_pb.js'
import { StatusSchema } from './gen/google/rpc/status_pb.js'

/** An HTTP answer that is an error, with its body read. */
export interface ErrorResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: string
}

/** Reads an HTTP answer whose status says that it failed. */
export function readErrorResponse({ status, headers, body }: ErrorResponse): ConversationError {
  const { errorCode, message } = readBody(body)
  // A proxy's page, or another server's: without the status its words alone would not say what happened.
  const foreign = body.trim().slice(0, 500)
  const text = message ?? `the server answered HTTP ${status}${foreign === '' ? '' : `: ${foreign}`}`
  const header = headers.get(ERROR_HEADER)
  const code = isErrorCode(header) ? header : codeOfHttp(status, errorCode, text)
  const retryAfterMs = readRetryAfter(headers.get('retry-after'))
  return make(code, text, {
    ...detailsIn(code, message ?? ''),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...requestIdIn((name) => headers.get(name) ?? undefined),
  })
}

/** Reads the data of an `error` event. */
export function readStreamError(data: string): ConversationError {
  const { errorCode, message, details } = readBody(data)
  const text = message ?? (data.trim().slice(0, 500) || 'the stream ended with an error')
  for (const detail of details) {
    const info = isRecord(detail) && detail['@type'] === ERROR_INFO_TYPE ? readInfo(detail) : undefined
    if (info) return make(info.code, text, info.details)
  }
  const code = codeOfHttp(500, errorCode, text)
  return make(code, text, detailsIn(code, text))
}

/** Reads the status of a gRPC call that failed; `details` are the bytes of `grpc-status-details-bin`, if any came. */
export function readGrpcStatus(status: { code: number; message: string; details?: Uint8Array }): ConversationError {
  const infos = status.details === undefined ? [] : readErrorInfos(status.details)
  for (const each of infos) {
    const info = readInfo(each)
    if (info) return make(info.code, status.message, info.details)
  }
  const code = codeOfGrpc(status.code, status.message)
  // What daprd refuses before a call reaches its API has its reason here, and the name of a status as its message.
  const refusal = infos.find(({ domain }) => domain === DAPR_ERROR_DOMAIN)?.metadata[DAPR_ERROR_MESSAGE]
  return make(code, refusal || status.message, detailsIn(code, status.message))
}

/** Takes what Dapr puts in front of a message off again, and remembers the component that it named. */
function make(code: ErrorCode, said: string, details: ErrorDetails): ConversationError {
  // daprd up to 1.18 has a broken template here: the reason stands in Go's complaint about it.
  const text = said.replace(/ ?invalid params%!\(EXTRA [^=]*=(.*)\)$/s, ' invalid params: $1')
  if (text.startsWith(notFoundPrefix)) {
    return new ConversationError(code, text, { ...details, component: text.slice(notFoundPrefix.length) })
  }
  if (!text.startsWith(conversingPrefix)) return new ConversationError(code, text, details)
  const rest = text.slice(conversingPrefix.length)
  // A name may hold a colon; where our detail carries it there is nothing to guess.
  const end = details.component === undefined ? rest.indexOf(': ') : details.component.length
  if (end < 0) return new ConversationError(code, text, details)
  return new ConversationError(code, rest.slice(end + 2), { ...details, component: rest.slice(0, end) })
}

function readBody(body: string): { errorCode?: string; message?: string; details: readonly unknown[] } {
  try {
    const json: unknown = JSON.parse(body)
    if (!isRecord(json)) return { details: [] }
    const { errorCode, message, details } = json
    return {
      ...(typeof errorCode === 'string' && { errorCode }),
      ...(typeof message === 'string' && { message }),
      details: Array.isArray(details) ? details : [],
    }
  } catch {
    return { details: [] }
  }
}

function readErrorInfos(bytes: Uint8Array): readonly ErrorInfo[] {
  try {
    return fromBinary(StatusSchema, bytes).details.flatMap((any) => anyUnpack(any, ErrorInfoSchema) ?? [])
  } catch {
    // Bytes of someone else; the status itself still says enough.
    return []
  }
}

const clocks: readonly unknown[] = ['connect', 'first-token', 'idle', 'total'] satisfies Clock[]

function readInfo(info: { reason?: unknown; domain?: unknown; metadata?: unknown }) {
  if (info.domain !== ERROR_DOMAIN || typeof info.reason !== 'string') return undefined
  const code = info.reason.toLowerCase()
  if (!isErrorCode(code)) return undefined
  const { component, retryAfterMs, status, clock, requestId } = isRecord(info.metadata) ? info.metadata : {}
  const details: ErrorDetails = {
    ...(typeof component === 'string' && { component }),
    ...(isNumeric(retryAfterMs) && { retryAfterMs: Number(retryAfterMs) }),
    ...(isNumeric(status) && { status: Number(status) }),
    ...(clocks.includes(clock) && { clock: clock as Clock }),
    ...(typeof requestId === 'string' && { requestId }),
  }
  return { code, details }
}

function codeOfHttp(status: number, errorCode: string | undefined, text: string): ErrorCode {
  switch (errorCode) {
    case 'ERR_CONVERSATION_NOT_FOUND':
      return 'component_not_found'
    case 'ERR_CONVERSATION_MISSING_INPUTS':
      return 'missing_inputs'
    case 'ERR_CONVERSATION_INVALID_PARMS':
      return 'invalid_params'
    case 'ERR_CONVERSATION_INVOKE':
      return classify(text)
    case 'ERR_MALFORMED_REQUEST':
      return 'malformed_request'
    case 'ERR_BODY_READ':
      return 'body_too_large'
    case 'ERR_INTERNAL':
      return 'internal'
  }
  switch (status) {
    case 401:
      return 'unauthenticated'
    case 403:
      return 'forbidden'
    case 404:
      return 'not_found'
    case 413:
      return 'body_too_large'
    case 429:
      return 'rate_limit'
    case 408:
    case 504:
      return 'timeout'
  }
  return status >= 500 ? 'unavailable' : 'protocol'
}

/** gRPC carries no error code of Dapr's; its texts are fixed, so they tell the kinds of status 3 apart. */
function codeOfGrpc(code: number, text: string): ErrorCode {
  switch (code) {
    case 1:
      return 'cancelled'
    case 3:
      if (text.startsWith(notFoundPrefix)) return 'component_not_found'
      if (text.endsWith('missing inputs in request')) return 'missing_inputs'
      return text.includes('invalid params') ? 'invalid_params' : 'malformed_request'
    case 4:
      return 'timeout'
    case 7:
      return 'forbidden'
    case 8:
      return 'body_too_large'
    case 12:
      return 'not_found'
    case 13:
      return text.startsWith(conversingPrefix) ? classify(text) : 'internal'
    case 14:
      return 'unavailable'
    case 16:
      return 'unauthenticated'
    default:
      return 'internal'
  }
}

/** Words of daprd itself and of its network, which no provider says: its own deadlines, and connections. */
const timedOut = /\btimeout\b|timed out|deadline/i

/** A stock daprd says what its provider said, as text. */
function classify(text: string): ErrorCode {
  const status = statusInText(text)
  const code = codeOfFailure({ status, text })
  return code === 'unavailable' && (status === undefined || status === 408 || status === 504) && timedOut.test(text)
    ? 'timeout'
    : code
}

/** What a text of daprd tells beyond its words. */
function detailsIn(code: ErrorCode, text: string): ErrorDetails {
  const status = errorRow(code).dapr === 'ERR_CONVERSATION_INVOKE' ? statusInText(text) : undefined
  return status === undefined ? {} : { status }
}

/** `retry-after` is a number of seconds or a date; milliseconds from now. */
function readRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d+(?:\.\d+)?$/.test(header.trim())) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(date - Date.now(), 0)
}

function isNumeric(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && Number.isFinite(Number(value))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
