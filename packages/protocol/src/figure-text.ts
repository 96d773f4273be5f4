/**
 * How figures are written wherever people read them: durations, counts, rates, money. The console and `dapr-chat top` write
 * theirs through here, so that both show the same.
 */

/** Stands where a figure is not known, which is not the same as zero. */
export const UNKNOWN_FIGURE = '–'

/** A duration in milliseconds, in the unit that needs the fewest digits. */
export function writtenDuration(ms: number | undefined): string {
  if (ms === undefined) return UNKNOWN_FIGURE
  if (ms < 10) return `${trimmed(ms, 1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${trimmed(ms / 1_000, ms < 9_950 ? 2 : 1)} s`
  const seconds = Math.round(ms / 1_000)
  const rest = seconds % 60
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`
}

/** A count, shortened from ten thousand on. */
export function writtenCount(value: number | undefined): string {
  if (value === undefined) return UNKNOWN_FIGURE
  return value < 10_000 ? plain.format(value) : compact.format(value)
}

/** A rate with as many digits as say something. */
export function writtenRate(value: number | undefined): string {
  if (value === undefined) return UNKNOWN_FIGURE
  return value < 100 ? trimmed(value, value < 10 ? 2 : 1) : writtenCount(Math.round(value))
}

/** A share of a whole in percent; unknown where the whole is nothing. */
export function writtenShare(part: number, whole: number): string {
  if (whole === 0) return UNKNOWN_FIGURE
  const percent = (part / whole) * 100
  return `${percent > 0 && percent < 10 ? trimmed(percent, 1) : Math.round(percent)} %`
}

/** An amount in US dollars; small amounts keep two digits that say something. */
export function writtenMoney(usd: number | undefined): string {
  if (usd === undefined) return 'unknown'
  if (usd === 0) return '$0'
  return usd < 0.01
    ? `$${Number(usd.toPrecision(2)).toFixed(Math.min(8, 1 - Math.floor(Math.log10(usd))))}`
    : `$${usd.toFixed(2)}`
}

/**
 * What is known of the cost of several calls.
 * @param unpriced how many of them have tokens whose price is not known.
 */
export function writtenCost(usd: number, unpriced: number): string {
  if (unpriced === 0) return writtenMoney(usd)
  return usd === 0 ? 'unknown' : `≥ ${writtenMoney(usd)}`
}

const plain = new Intl.NumberFormat('en')
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)))
}
