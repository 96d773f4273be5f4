/** How figures are written in the page: durations, counts, money, times. The views write every figure through here. */

/** Stands where a figure is not known, which is not the same as zero. */
export const UNKNOWN = '–'

/** A duration in milliseconds, in the unit that needs the fewest digits. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return UNKNOWN
  if (ms < 10) return `${trimmed(ms, 1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${trimmed(ms / 1_000, ms < 9_950 ? 2 : 1)} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** A count, shortened from ten thousand on. */
export function count(value: number | undefined): string {
  if (value === undefined) return UNKNOWN
  return value < 10_000 ? plain.format(value) : compact.format(value)
}

/** A rate with as many digits as say something. */
export function rate(value: number | undefined): string {
  if (value === undefined) return UNKNOWN
  return value < 100 ? trimmed(value, value < 10 ? 2 : 1) : count(Math.round(value))
}

/** A share of a whole in percent; unknown where the whole is nothing. */
export function share(part: number, whole: number): string {
  if (whole === 0) return UNKNOWN
  const percent = (part / whole) * 100
  return `${percent > 0 && percent < 10 ? trimmed(percent, 1) : Math.round(percent)} %`
}

/** An amount in US dollars; small amounts keep two digits that say something. */
export function money(usd: number | undefined): string {
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
export function cost(usd: number, unpriced: number): string {
  if (unpriced === 0) return money(usd)
  return usd === 0 ? 'unknown' : `≥ ${money(usd)}`
}

/** The time of day, to the second. */
export function clockTime(at: number): string {
  return clock.format(at)
}

/** Date and time. */
export function dateTime(at: number): string {
  return dated.format(at)
}

const plain = new Intl.NumberFormat('en')
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const dated = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)))
}
