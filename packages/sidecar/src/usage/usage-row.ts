/** A call as a row of the usage store, and back. The one list of columns. */
import type { CallDetail, CallPhase, CallState, CallSummary, CallSurface } from '@dapr-chat/protocol/console'
import type { SqliteValue } from '../store/sqlite-database.ts'
import type { CountedCall } from './figures.ts'

/** A row as SQLite gives it. */
export interface UsageRow {
  readonly sequence: number
  readonly id: string
  readonly started_at: number
  readonly state: CallState
  readonly surface: CallSurface
  readonly streamed: number
  readonly component: string
  readonly type: string
  readonly model: string | null
  readonly caller: string
  readonly context_id: string | null
  readonly trace_id: string | null
  readonly duration_ms: number | null
  readonly first_token_ms: number | null
  readonly chunks: number
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly cached_tokens: number | null
  readonly reasoning_tokens: number | null
  readonly cost_usd: number | null
  readonly finish_reason: string | null
  readonly from_cache: number
  readonly attempts: number
  readonly tool_calls: number
  readonly error_code: string | null
  readonly error_message: string | null
  readonly phases: string
}

type Column = Exclude<keyof UsageRow, 'sequence'>

const columns: { readonly [K in Column]: (call: CallDetail) => SqliteValue } = {
  id: (call) => call.id,
  started_at: (call) => call.startedAt,
  state: (call) => call.state,
  surface: (call) => call.surface,
  streamed: (call) => Number(call.streamed),
  component: (call) => call.component,
  type: (call) => call.type,
  model: (call) => call.model ?? null,
  caller: (call) => call.caller,
  context_id: (call) => call.contextId ?? null,
  trace_id: (call) => call.traceId ?? null,
  duration_ms: (call) => call.durationMs ?? null,
  first_token_ms: (call) => call.timeToFirstTokenMs ?? null,
  chunks: (call) => call.chunks,
  input_tokens: (call) => call.tokens.input ?? null,
  output_tokens: (call) => call.tokens.output ?? null,
  cached_tokens: (call) => call.tokens.cached ?? null,
  reasoning_tokens: (call) => call.tokens.reasoning ?? null,
  cost_usd: (call) => call.costUsd ?? null,
  finish_reason: (call) => call.finishReason ?? null,
  from_cache: (call) => Number(call.cached),
  attempts: (call) => call.attempts,
  tool_calls: (call) => call.toolCalls,
  error_code: (call) => call.error?.code ?? null,
  error_message: (call) => call.error?.message ?? null,
  phases: (call) => JSON.stringify(call.phases),
}

const names = Object.keys(columns)

/** The statement that adds a row; a call that is there already stays as it is. */
export const INSERT_CALL = `INSERT OR IGNORE INTO calls (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`

/** The values of a row, in the order of `INSERT_CALL`. */
export function valuesOf(call: CallDetail): SqliteValue[] {
  return Object.values(columns).map((value) => value(call))
}

/** The columns that figures are made from. */
export const countedColumns = [
  'started_at',
  'state',
  'component',
  'model',
  'caller',
  'duration_ms',
  'first_token_ms',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'reasoning_tokens',
  'cost_usd',
  'from_cache',
  'error_code',
  'error_message',
] as const satisfies readonly Column[]

/** What is counted of the call of a row. */
export function countedOf(row: Pick<UsageRow, (typeof countedColumns)[number]>): CountedCall {
  return {
    startedAt: row.started_at,
    state: row.state,
    component: row.component,
    ...given('model', row.model),
    caller: row.caller,
    ...given('durationMs', row.duration_ms),
    ...given('timeToFirstTokenMs', row.first_token_ms),
    tokens: {
      ...given('input', row.input_tokens),
      ...given('output', row.output_tokens),
      ...given('cached', row.cached_tokens),
      ...given('reasoning', row.reasoning_tokens),
    },
    ...given('costUsd', row.cost_usd),
    cached: row.from_cache !== 0,
    ...(row.error_code !== null && { error: { code: row.error_code, message: row.error_message ?? '' } }),
  }
}

/** The call of a row. */
export function summaryOf(row: UsageRow): CallSummary {
  return {
    ...countedOf(row),
    id: row.id,
    surface: row.surface,
    streamed: row.streamed !== 0,
    type: row.type,
    ...given('contextId', row.context_id),
    ...given('traceId', row.trace_id),
    chunks: row.chunks,
    ...given('finishReason', row.finish_reason),
    attempts: row.attempts,
    toolCalls: row.tool_calls,
  }
}

/** All that is known of the call of a row. */
export function detailOf(row: UsageRow): CallDetail {
  return { ...summaryOf(row), phases: JSON.parse(row.phases) as CallPhase[] }
}

function given<K extends string, V>(name: K, value: V | null): { readonly [P in K]?: V } {
  return value === null ? {} : ({ [name]: value } as { readonly [P in K]: V })
}
