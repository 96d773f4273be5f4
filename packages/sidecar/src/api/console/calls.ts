/** The request log: what is asked of it, checked, and the running calls in front of those that have ended. */
import { ConversationError } from '@dapr-chat/protocol'
import type { CallList, CallSummary } from '@dapr-chat/protocol/console'
import type { CallBook } from '../../observability/call-book.ts'
import type { CallQuery } from '../../usage/usage-database.ts'
import type { UsageStore } from '../../usage/usage-store.ts'

/** How many calls a page of the log has where nobody says. */
const DEFAULT_LIMIT = 100
const MAX_LIMIT = 500

/** The longest filter, in UTF-16 code units. */
const MAX_FILTER_LENGTH = 1_000

/** The query of a URL as the framework hands it out: a name that stands there twice has an array. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** The filters by their names in the URL. */
const filters = {
  before: 'before',
  component: 'component',
  state: 'state',
  model: 'model',
  caller: 'caller',
  contextId: 'contextId',
  code: 'code',
  q: 'text',
} as const satisfies Readonly<Record<string, keyof CallQuery>>

/** @throws ConversationError `malformed_request`. */
export function readCallQuery(query: Query): CallQuery {
  const wanted: { -readonly [K in keyof CallQuery]: CallQuery[K] } = { limit: limitOf(query.limit) }
  for (const [name, filter] of Object.entries(filters)) {
    const value = query[name]
    // The page's empty fields filter nothing.
    if (value === undefined || value === '') continue
    if (typeof value !== 'string' || value.length > MAX_FILTER_LENGTH) {
      const current = typeof value === 'string' ? `${value.length} characters` : `given ${value.length} times`
      refuse(`${name} must be given once, with ${MAX_FILTER_LENGTH} characters at most: current value is ${current}`)
    }
    wanted[filter] = value
  }
  return wanted
}

/**
 * The newest calls that match, those in progress first.
 * @throws Error where the store cannot be read.
 */
export async function listCalls(query: CallQuery, book: CallBook, usage: UsageStore): Promise<CallList> {
  const { before, limit } = query
  // First of all: a call that ends meanwhile is then in both, and never in none.
  const running = book.running().reverse()
  const from = before === undefined ? 0 : running.findIndex(({ id }) => id === before) + 1
  const isPastRunning = before !== undefined && from === 0
  const matching = isPastRunning ? [] : running.slice(from).filter((call) => matches(call, query))
  if (matching.length > limit) return { calls: matching.slice(0, limit), more: true }
  const { before: _, ...anywhere } = query
  const stored = await usage.list(isPastRunning ? query : anywhere)
  const ended = new Set(stored.calls.map(({ id }) => id))
  const calls = [...matching.filter(({ id }) => !ended.has(id)), ...stored.calls]
  return { calls: calls.slice(0, limit), more: stored.more || calls.length > limit }
}

/** The same conditions as the store's own. */
function matches(call: CallSummary, query: CallQuery): boolean {
  const { component, state, model, caller, contextId, code, text } = query
  if (component !== undefined && call.component !== component) return false
  if (state !== undefined && call.state !== state) return false
  if (model !== undefined && call.model !== model) return false
  if (caller !== undefined && call.caller !== caller) return false
  if (contextId !== undefined && call.contextId !== contextId) return false
  if (code !== undefined) return false
  if (text === undefined) return true
  const searched = [call.id, call.component, call.model, call.caller, call.contextId, call.traceId]
  return searched.some((value) => value?.toLowerCase().includes(text.toLowerCase()))
}

function limitOf(given: Query[string]): number {
  if (given === undefined) return DEFAULT_LIMIT
  const limit = Number(given)
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit
  return refuse(`limit must be a whole number from 1 to ${MAX_LIMIT}: current value is ${JSON.stringify(given)}`)
}

function refuse(reason: string): never {
  throw new ConversationError('malformed_request', `Cannot list the calls: ${reason}`)
}
