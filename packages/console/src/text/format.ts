/** How figures are written in the page: durations, counts, money, times. The views write every figure through here. */

import { UNKNOWN_FIGURE, writtenCount, writtenDuration, writtenMoney } from '@dapr-chat/protocol'
import type { CallSummary, CallTokens, Percentiles } from '@dapr-chat/protocol/console'

export {
  UNKNOWN_FIGURE as UNKNOWN,
  writtenCost as cost,
  writtenCount as count,
  writtenDuration as duration,
  writtenMoney as money,
  writtenRate as rate,
  writtenShare as share,
} from '@dapr-chat/protocol'

/** How many tokens went in and came out. */
export function tokenCounts({ input, output }: CallTokens): string {
  return input === undefined && output === undefined
    ? UNKNOWN_FIGURE
    : `${writtenCount(input)} → ${writtenCount(output)}`
}

/** What a call cost; a provider that was never asked costs nothing that could be unknown. */
export function callCost({ costUsd, attempts }: Pick<CallSummary, 'costUsd' | 'attempts'>): string {
  return costUsd === undefined && attempts === 0 ? UNKNOWN_FIGURE : writtenMoney(costUsd)
}

/** Three durations in one cell; the unit stands once where it is the same. */
export function percentiles({ p50, p95, p99 }: Percentiles): string {
  if (p50 === undefined) return UNKNOWN_FIGURE
  const written = [p50, p95, p99].map(writtenDuration)
  const units = new Set(written.map((each) => each.replace(/^[\d.]+ /, '')))
  const [unit = ''] = units
  if (units.size > 1 || /\d/.test(unit)) return written.join(' · ')
  return `${written.map((each) => each.slice(0, -unit.length - 1)).join(' · ')} ${unit}`
}

/** The time of day, to the second. */
export function clockTime(at: number): string {
  return clock.format(at)
}

/** Date and time. */
export function dateTime(at: number): string {
  return dated.format(at)
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const dated = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
