/**
 * The one error class, and the one table that says what each kind of failure is on each wire.
 *
 * Errors are thrown inside and rendered at the edge, by `dapr/error.ts` and `openai/error.ts`.
 */

/** How one kind of failure looks to callers. */
export interface ErrorRow {
  /** HTTP status on Dapr's own routes. */
  readonly http: number
  /** gRPC status code. */
  readonly grpc: number
  /** Dapr's `errorCode`. */
  readonly dapr: string
  /** HTTP status on the OpenAI-compatible routes. */
  readonly openaiStatus: number
  /** `error.type` of an OpenAI body. */
  readonly openaiType: string
  /** `error.code` of an OpenAI body. */
  readonly openaiCode: string | null
  /** Whether the same call may succeed when it is made again. */
  readonly retryable: boolean
}

const INVOKE = 'ERR_CONVERSATION_INVOKE'

/**
 * Dapr's own rows keep Dapr's statuses, which are not what one would choose today: an unknown component is 400 and
 * every failure of a provider is 500, gRPC 13 (daprd's `pkg/messages/predefined.go`). The OpenAI columns are free to
 * say more, and our own client reads the code itself.
 */
const rows = {
  component_not_found: [400, 3, 'ERR_CONVERSATION_NOT_FOUND', 404, 'invalid_request_error', 'model_not_found', false],
  missing_inputs: [400, 3, 'ERR_CONVERSATION_MISSING_INPUTS', 400, 'invalid_request_error', null, false],
  invalid_params: [400, 3, 'ERR_CONVERSATION_INVALID_PARMS', 400, 'invalid_request_error', null, false],
  malformed_request: [400, 3, 'ERR_MALFORMED_REQUEST', 400, 'invalid_request_error', null, false],
  body_too_large: [400, 8, 'ERR_BODY_READ', 413, 'invalid_request_error', 'request_too_large', false],
  unauthenticated: [401, 16, 'ERR_UNAUTHENTICATED', 401, 'authentication_error', 'invalid_api_key', false],
  forbidden: [403, 7, 'ERR_FORBIDDEN', 403, 'invalid_request_error', 'forbidden', false],
  not_found: [404, 12, 'ERR_DIRECT_INVOKE', 404, 'invalid_request_error', 'unknown_url', false],
  auth: [500, 13, INVOKE, 401, 'authentication_error', 'provider_authentication', false],
  quota: [500, 13, INVOKE, 429, 'insufficient_quota', 'insufficient_quota', false],
  rate_limit: [500, 13, INVOKE, 429, 'rate_limit_error', 'rate_limit_exceeded', true],
  context_length: [500, 13, INVOKE, 400, 'invalid_request_error', 'context_length_exceeded', false],
  content_filter: [500, 13, INVOKE, 400, 'invalid_request_error', 'content_filter', false],
  provider_invalid_request: [500, 13, INVOKE, 400, 'invalid_request_error', 'provider_invalid_request', false],
  unavailable: [500, 13, INVOKE, 503, 'server_error', 'provider_unavailable', true],
  timeout: [500, 13, INVOKE, 504, 'server_error', 'timeout', true],
  interrupted: [500, 13, INVOKE, 502, 'server_error', 'stream_interrupted', true],
  protocol: [500, 13, INVOKE, 502, 'server_error', 'provider_protocol', true],
  cancelled: [499, 1, 'ERR_CONVERSATION_CANCELLED', 499, 'invalid_request_error', 'cancelled', false],
  shutting_down: [503, 14, 'ERR_SHUTTING_DOWN', 503, 'server_error', 'shutting_down', true],
  internal: [500, 13, 'ERR_INTERNAL', 500, 'server_error', 'internal_error', false],
} as const

/** The name of a kind of failure. */
export type ErrorCode = keyof typeof rows

/** Which of the four clocks of a call ran out. */
export type Clock = 'connect' | 'first-token' | 'idle' | 'total'

/** What callers see of one kind of failure. */
export function errorRow(code: ErrorCode): ErrorRow {
  const [http, grpc, dapr, openaiStatus, openaiType, openaiCode, retryable] = rows[code]
  return { http, grpc, dapr, openaiStatus, openaiType, openaiCode, retryable }
}

/** All kinds of failure, in the order of the table. */
export const errorCodes: readonly ErrorCode[] = Object.keys(rows) as ErrorCode[]

/** Whether a string that came over a wire names a kind of failure. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(rows, code)
}

/** What may be said about a failure beyond its code and message. */
export interface ErrorDetails {
  readonly cause?: unknown
  /** The component whose call failed. The edge fills it in, which knows the name. */
  readonly component?: string
  /** The HTTP status that the provider answered with. */
  readonly status?: number
  /** How long the provider asks to wait before the next try, in milliseconds. */
  readonly retryAfterMs?: number
  /** The clock that ran out, for `timeout`. */
  readonly clock?: Clock
  /** The name that the provider, or a server before it, gave the request: what its support asks for. */
  readonly requestId?: string
}

/** A failure of a conversation: the only error that crosses a boundary of this project. */
export class ConversationError extends Error {
  readonly code: ErrorCode
  readonly component: string | undefined
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  readonly clock: Clock | undefined
  readonly requestId: string | undefined

  /** `message` says what failed and what must hold, without the component's name: the edges put that in front. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'ConversationError'
    this.code = code
    this.component = details.component
    this.status = details.status
    this.retryAfterMs = details.retryAfterMs
    this.clock = details.clock
    this.requestId = details.requestId
  }

  /** Whether the same call may succeed when it is made again. */
  get retryable(): boolean {
    return errorRow(this.code).retryable
  }

  /** The same failure, said of a component; one that names a component already stays as it is. */
  about(component: string): ConversationError {
    if (this.component !== undefined) return this
    const { code, message, cause, status, retryAfterMs, clock, requestId } = this
    return new ConversationError(code, message, {
      component,
      ...(cause !== undefined && { cause }),
      ...(status !== undefined && { status }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(clock !== undefined && { clock }),
      ...(requestId !== undefined && { requestId }),
    })
  }

  /**
   * Turns whatever was thrown into a `ConversationError`. What is not one already becomes `internal` with a message
   * that tells nothing of the inside; the thrown value is kept as `cause`, for the log.
   */
  static from(thrown: unknown): ConversationError {
    if (thrown instanceof ConversationError) return thrown
    return new ConversationError('internal', 'internal error', { cause: thrown })
  }
}
