/** The rest of what the console's page and the sidecar say to each other, under `/api/console/`. */
import type { Clock } from '../error.ts'
import type { CallSummary } from './call.ts'

/**
 * `GET /api/console/calls?limit=&before=&component=&state=&model=&caller=&contextId=&code=&q=`: those in progress, then
 * those that have ended, each the newest first. `limit` is 500 at most.
 */
export interface CallList {
  readonly calls: readonly CallSummary[]
  /** Whether older ones match too; they come with `before` set to the id of the last one. */
  readonly more: boolean
}

/** One component as the operator sees it. */
export interface ComponentView {
  readonly name: string
  readonly type: string
  readonly version: string
  readonly state: 'ready' | 'skipped' | 'failed'
  /** Why it is not ready. */
  readonly reason?: string
  /** The model it asks when nobody names one. */
  readonly model?: string
  /** The settings in effect; the values of secrets are never sent. */
  readonly settings: readonly SettingView[]
  /** The state of its circuit breaker; absent where it has none. */
  readonly breaker?: 'closed' | 'half-open' | 'open'
  /** Its clocks: those that run, and those that ran out since the sidecar's start. Absent where there are none. */
  readonly clocks?: readonly ClockView[]
  /** What went wrong last, and when in milliseconds since 1970. */
  readonly lastError?: { readonly code: string; readonly message: string; readonly at: number }
}

/** One clock of a component. */
export interface ClockView {
  readonly name: Clock
  /** How long it may run, in milliseconds; absent where it does not run, or no more. */
  readonly limitMs?: number
  /** How often it ran out since the sidecar's start, in attempts that were made again too. */
  readonly ranOut: number
}

/** One setting of a component. */
export interface SettingView {
  readonly name: string
  /** Absent for a secret. */
  readonly value?: string
  readonly secret: boolean
}

/** `GET /api/console/components`. */
export interface ComponentList {
  readonly components: readonly ComponentView[]
}

/** `GET /api/console/session`: who the page talks to, and what it may show. */
export interface ConsoleSession {
  readonly appId: string
  readonly version: string
  /** Whether what is said can be looked at in the log. */
  readonly captureContent: boolean
  /** Whether rows outlive the process. */
  readonly stored: boolean
  /** Whether the page came in with a login, and can log out. */
  readonly loggedIn: boolean
}

/**
 * `POST /api/console/login`, as JSON: the page logs in with the sidecar's token. 204 sets a cookie that scripts cannot
 * read and that opens what the page calls, conversations too; 401 where the token is wrong, 429 after too many wrong ones.
 * `POST /api/console/logout` ends the session.
 */
export interface ConsoleLogin {
  readonly token: string
}

/**
 * `GET /api/console/events`, a stream of server-sent events whose data is one of these: a call that began, moved on or
 * ended. The page reads the figures again once in a while; they are not streamed. `reload` says that some calls were left
 * out, because the page reads too slowly or too much happens: the log has to be read again.
 */
export type ConsoleEvent = { readonly type: 'call'; readonly call: CallSummary } | { readonly type: 'reload' }
