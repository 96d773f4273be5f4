/** How many requests a second there are now, and how many of each component are in progress, from rows of the log. */
import type { CallSummary } from '@dapr-chat/sidecar'

/** What is going on, by component. */
export interface CallRates {
  /** Requests that began, in a second. */
  readonly perSecond: ReadonlyMap<string, number>
  /** Calls in progress. */
  readonly open: ReadonlyMap<string, number>
}

/** The time that beginnings are counted over, in milliseconds. */
const SPAN_MS = 10_000

/**
 * Counts.
 * @param calls those in progress, then those that have ended, the newest first.
 * @param now the sidecar's clock, in milliseconds since 1970.
 * @param complete whether there are no older ones.
 */
export function callRates(calls: readonly CallSummary[], now: number, complete: boolean): CallRates {
  const spanMs = complete ? SPAN_MS : Math.min(SPAN_MS, knownSpan(calls, now))
  const begun = calls.filter(({ startedAt }) => startedAt > now - spanMs)
  const running = calls.filter(({ state }) => state === 'running')
  const perSecond = [...countByComponent(begun)].map(([name, count]) => [name, (count * 1000) / spanMs] as const)
  return { perSecond: new Map(perSecond), open: countByComponent(running) }
}

/** What ended before the oldest row is not among the rows, so that only what began later is known to be all there is. */
function knownSpan(calls: readonly CallSummary[], now: number): number {
  const oldest = calls.at(-1)
  if (oldest === undefined || oldest.state === 'running') return SPAN_MS
  return Math.max(1, now - (oldest.startedAt + (oldest.durationMs ?? 0)))
}

function countByComponent(calls: readonly CallSummary[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { component } of calls) counts.set(component, (counts.get(component) ?? 0) + 1)
  return counts
}
