/** Where the marks of a chart's axes stand. The drawing of a chart asks here. */

const MINUTE_MS = 60_000

/** The distances that marks of time may have, in minutes. */
const minutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720]

/**
 * Round values from 0 on, none above `highest`.
 * @param highest where the axis ends; more than 0.
 */
export function valueMarks(highest: number): readonly number[] {
  const least = highest / 5
  const power = 10 ** Math.floor(Math.log10(least))
  const step = ([1, 2, 5].find((each) => each * power >= least) ?? 10) * power
  return Array.from({ length: Math.floor(highest / step) + 1 }, (_, index) => index * step)
}

/**
 * Round times of the day between two times, both in milliseconds since 1970.
 * @param most how many there is room for.
 */
export function timeMarks(from: number, to: number, most: number): readonly number[] {
  const step = (minutes.find((each) => (to - from) / (each * MINUTE_MS) <= most) ?? 1_440) * MINUTE_MS
  // The hours are round where the browser is, and not in Greenwich.
  const shift = new Date(from).getTimezoneOffset() * MINUTE_MS
  const first = Math.ceil((from - shift) / step) * step + shift
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step)
}
