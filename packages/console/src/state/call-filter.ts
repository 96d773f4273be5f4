/**
 * What the search field of the request log understands: words, and tokens such as `component:openai`, `model:gpt*`,
 * `state:failed`, `code:timeout`, `>2s`. The sidecar is asked for what it can filter by; the page holds every row against all of it.
 */
import type { CallState, CallSummary } from '@dapr-chat/protocol/console'

/** A filter; absent members let everything through. */
export interface CallFilter {
  readonly component?: string
  /** A state, or `error` for both ways to fail. */
  readonly state?: string
  /** With `*` for any characters. */
  readonly model?: string
  readonly caller?: string
  readonly code?: string
  readonly conversation?: string
  /** Only those that took longer, in milliseconds. */
  readonly longerThanMs?: number
  /** Words that the row must have somewhere. */
  readonly text?: string
}

/** The names of tokens, and what they filter. */
const tokens: Readonly<Record<string, Exclude<keyof CallFilter, 'longerThanMs' | 'text'>>> = {
  component: 'component',
  state: 'state',
  status: 'state',
  model: 'model',
  caller: 'caller',
  code: 'code',
  conversation: 'conversation',
  conv: 'conversation',
}

/** Reads what somebody typed. A token that does not exist is a word like any other. */
export function parseFilter(search: string): CallFilter {
  const filter: { -readonly [Key in keyof CallFilter]: CallFilter[Key] } = {}
  const words: string[] = []
  for (const word of search.split(/\s+/).filter((each) => each !== '')) {
    const [, name = '', value = ''] = /^([a-z]+):(.+)$/.exec(word) ?? []
    const [, number = '', unit = ''] = /^>([\d.]+)(ms|s)$/.exec(word) ?? []
    const key = Object.hasOwn(tokens, name) ? tokens[name] : undefined
    if (key !== undefined) filter[key] = value
    else if (number !== '') filter.longerThanMs = Number(number) * (unit === 's' ? 1_000 : 1)
    else words.push(word)
  }
  if (words.length > 0) filter.text = words.join(' ')
  return filter
}

/** The search with a token set, or taken out where the value is empty. */
export function withToken(search: string, name: string, value: string): string {
  const rest = search.split(/\s+/).filter((word) => word !== '' && !word.startsWith(`${name}:`))
  return (value === '' ? rest : [`${name}:${value}`, ...rest]).join(' ')
}

/** What the sidecar is asked for. It may send more than the filter lets through, never less. */
export function filterQuery({
  component,
  state,
  model,
  caller,
  code,
  conversation,
  text,
}: CallFilter): URLSearchParams {
  const query = new URLSearchParams()
  if (component !== undefined) query.set('component', component)
  if (isState(state)) query.set('state', state)
  if (model !== undefined && !model.includes('*')) query.set('model', model)
  if (caller !== undefined) query.set('caller', caller)
  if (code !== undefined) query.set('code', code)
  if (conversation !== undefined) query.set('contextId', conversation)
  if (text !== undefined) query.set('q', text)
  return query
}

/** Whether a call is one of those that are asked for. */
export function matches(call: CallSummary, filter: CallFilter): boolean {
  const { component, state, model, caller, code, conversation, longerThanMs, text } = filter
  return (
    (component === undefined || call.component === component) &&
    (state === undefined ||
      call.state === state ||
      (state === 'error' && call.error !== undefined && isFailed(call))) &&
    (model === undefined || hasModel(call, model)) &&
    (caller === undefined || call.caller === caller) &&
    (code === undefined || call.error?.code === code) &&
    (conversation === undefined || call.contextId === conversation) &&
    (longerThanMs === undefined || (call.durationMs ?? 0) > longerThanMs) &&
    (text === undefined || wordsOf(call).includes(text.toLowerCase()))
  )
}

function isFailed({ state }: CallSummary): boolean {
  return state === 'failed' || state === 'interrupted'
}

function isState(state: string | undefined): state is CallState {
  return state !== undefined && ['running', 'succeeded', 'failed', 'interrupted', 'cancelled'].includes(state)
}

function hasModel({ model = '' }: CallSummary, pattern: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${escaped}$`).test(model)
}

function wordsOf(call: CallSummary): string {
  const { id, component, model, caller, contextId, traceId, error } = call
  // The same that the sidecar's store looks through.
  return [id, component, model, caller, contextId, traceId, error?.code, error?.message].join('\n').toLowerCase()
}
