/** The rows of a log: newest first, one for each call, no more than so many. */
import type { CallSummary } from '@dapr-chat/protocol/console'

/** The most rows that the page holds. */
export const MAX_CALLS = 2_000

/**
 * The rows with others taken in. A call that is there already is replaced, unless what comes is older news: a call that has
 * ended does not run again.
 */
export function mergeCalls(
  rows: readonly CallSummary[],
  changes: readonly CallSummary[],
  limit: number = MAX_CALLS,
): readonly CallSummary[] {
  if (changes.length === 0) return rows
  const known = new Map(rows.map((call) => [call.id, call]))
  for (const call of changes) {
    const before = known.get(call.id)
    if (before === undefined || before.state === 'running' || call.state !== 'running') known.set(call.id, call)
  }
  return Array.from(known.values())
    .sort((one, other) => other.startedAt - one.startedAt || (other.id < one.id ? -1 : 1))
    .slice(0, limit)
}
