/** The figures of a set of calls, as the console shows them. */
import type { CallFigures, CallSummary, ErrorCount, OverviewGroup, Percentiles } from '@dapr-chat/protocol/console'

/** What is counted of one call. */
export type CountedCall = Pick<
  CallSummary,
  | 'startedAt'
  | 'state'
  | 'component'
  | 'model'
  | 'caller'
  | 'durationMs'
  | 'timeToFirstTokenMs'
  | 'tokens'
  | 'costUsd'
  | 'cached'
  | 'error'
>

/** The figures of calls that have ended. */
export function figuresOf(calls: readonly CountedCall[]): CallFigures {
  const figures = {
    calls: calls.length,
    failed: 0,
    cancelled: 0,
    cacheHits: 0,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    unpriced: 0,
  }
  let streamedTokens = 0
  let streamingMs = 0
  for (const { state, cached, tokens, costUsd, durationMs = 0, timeToFirstTokenMs } of calls) {
    // The tokens of an answer from the cache were paid for with the call that is kept there.
    const { input = 0, output = 0 } = cached ? {} : tokens
    if (state === 'failed' || state === 'interrupted') figures.failed++
    else if (state === 'cancelled') figures.cancelled++
    if (cached) figures.cacheHits++
    figures.inputTokens += input
    figures.outputTokens += output
    if (costUsd !== undefined) figures.costUsd += costUsd
    else if (input + output > 0) figures.unpriced++
    if (output > 0 && timeToFirstTokenMs !== undefined) {
      streamedTokens += output
      streamingMs += durationMs - timeToFirstTokenMs
    }
  }
  return {
    ...figures,
    latency: percentilesOf(calls.flatMap(({ durationMs }) => durationMs ?? [])),
    timeToFirstToken: percentilesOf(calls.flatMap(({ timeToFirstTokenMs }) => timeToFirstTokenMs ?? [])),
    ...(streamingMs > 0 && { tokensPerSecond: (streamedTokens * 1_000) / streamingMs }),
  }
}

/** The groups that calls fall into by a name, the one with the most calls first; calls without a name are in none. */
export function groupsOf(
  calls: readonly CountedCall[],
  nameOf: (call: CountedCall) => string | undefined,
): OverviewGroup[] {
  const groups = Map.groupBy(calls, nameOf)
  return Array.from(groups, ([name, members]) => (name === undefined ? [] : [{ name, ...figuresOf(members) }]))
    .flat()
    .sort((a, b) => b.calls - a.calls || a.name.localeCompare(b.name))
}

/** How often each error came, the most frequent first. */
export function errorsOf(calls: readonly CountedCall[]): ErrorCount[] {
  const groups = Map.groupBy(calls, ({ error }) => error?.code)
  return Array.from(groups, ([code, members]) => (code === undefined ? [] : [{ code, calls: members.length }]))
    .flat()
    .sort((a, b) => b.calls - a.calls || a.code.localeCompare(b.code))
}

/** By the nearest rank: each is a value that was measured. */
export function percentilesOf(values: readonly number[]): Percentiles {
  if (values.length === 0) return {}
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}
