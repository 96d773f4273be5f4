/** The lines of a chart from the figures of a window: a stretch without calls is a zero for counts and a gap for percentiles. */
import type { Overview, OverviewPoint, OverviewWindow } from '@dapr-chat/protocol/console'

/** The length of each window in milliseconds. */
export const windowMs: Readonly<Record<OverviewWindow, number>> = {
  '5m': 5 * 60_000,
  '1h': 60 * 60_000,
  '24h': 24 * 60 * 60_000,
}

/** The stretches of a window in order, each with its figures where it had calls. */
export interface Stretch {
  readonly at: number
  readonly point: OverviewPoint | undefined
}

/** All stretches of a window, those without calls too. */
export function stretchesOf({ now, window, stepMs, points }: Overview): readonly Stretch[] {
  const byTime = new Map(points.map((point) => [Math.floor(point.at / stepMs), point]))
  const last = Math.floor(now / stepMs)
  const first = last - Math.ceil(windowMs[window] / stepMs) + 1
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    at: (first + index) * stepMs,
    point: byTime.get(first + index),
  }))
}

/** One line of a chart. */
export interface Line {
  readonly label: string
  /** The custom property with its colour. */
  readonly color: string
  /** The value of a stretch; null is a gap. */
  value(point: OverviewPoint | undefined, stepMs: number): number | null
}

/** What a chart says in words: the newest value of each line, and the highest with its time. */
export interface LineSummary {
  readonly label: string
  readonly newest: number | null
  readonly highest: number | null
  readonly highestAt: number | undefined
}

/** What there is to say of each line. */
export function summarize(lines: readonly Line[], stretches: readonly Stretch[], stepMs: number): LineSummary[] {
  return lines.map((line) => {
    const values = stretches.map(({ at, point }) => ({ at, value: line.value(point, stepMs) }))
    const known = values.filter((each): each is { at: number; value: number } => each.value !== null)
    const highest = known.reduce<{ at: number; value: number } | undefined>(
      (best, each) => (best === undefined || each.value > best.value ? each : best),
      undefined,
    )
    return {
      label: line.label,
      newest: known.at(-1)?.value ?? null,
      highest: highest?.value ?? null,
      highestAt: highest?.at,
    }
  })
}

/** The parts of a line between its gaps: the places of values that follow each other. */
export function runsOf(values: readonly (number | null)[]): readonly (readonly number[])[] {
  const runs: number[][] = []
  values.forEach((value, index) => {
    if (value === null) return
    if (index > 0 && values[index - 1] !== null) runs.at(-1)?.push(index)
    else runs.push([index])
  })
  return runs
}
