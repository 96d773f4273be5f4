/** The figures of `top` as lines of text: pure, for any width. `top.ts` shows them. */
import {
  UNKNOWN_FIGURE,
  writtenCost,
  writtenCount,
  writtenDuration,
  writtenRate,
  writtenShare,
} from '@dapr-chat/sidecar'
import { fitted, visibleWidth } from '../terminal/fitted.ts'
import { excerpt } from '../terminal/printable.ts'
import type { Style } from '../terminal/style.ts'
import { componentTable } from './component-table.ts'
import type { Figures } from './figures.ts'

/** Where the lines go. */
export interface TextPlace {
  /** In columns. */
  readonly width: number
  /** How many lines there may be; without it as many as it takes. */
  readonly height?: number
  readonly style: Style
}

const windows: Readonly<Record<Figures['window'], string>> = {
  '5m': 'last 5 minutes',
  '1h': 'last hour',
  '24h': 'last 24 hours',
}

const BARS = '▁▂▃▄▅▆▇█'

/** How many of the last failures are shown. */
const MAX_FAILURES = 3

/**
 * The lines, none wider than the place.
 * @param note stands below the heading, where there is something to say about the reading itself.
 */
export function figuresText(figures: Figures, place: TextPlace, note?: string): string[] {
  const { width, height, style } = place
  const { sidecar, appId, version, window, totals, errors } = figures
  const head = excerpt(`${appId} at ${sidecar} · dapr-chat ${version} · ${windows[window]}`, width)
  const failed = `failed ${writtenCount(totals.failed)} (${writtenShare(totals.failed, totals.calls)})`
  const lines = [
    style.bold(head),
    note === undefined ? '' : style.warning(note),
    ...facts('Requests', width, [
      `${writtenRate(totals.requestsPerSecond)}/s`,
      `in flight ${writtenCount(totals.open)}`,
      `ended ${writtenCount(totals.calls)}`,
      totals.failed > 0 ? style.bad(failed) : failed,
      ...(totals.cancelled > 0 ? [`cancelled ${writtenCount(totals.cancelled)}`] : []),
      ...(totals.cacheHits > 0 ? [`from the cache ${writtenCount(totals.cacheHits)}`] : []),
    ]),
    ...facts('Latency', width, percentiles(totals.latency)),
    ...facts('First token', width, percentiles(totals.timeToFirstToken)),
    ...facts('Tokens', width, [
      totals.tokensPerSecond === undefined ? UNKNOWN_FIGURE : `${writtenRate(totals.tokensPerSecond)}/s`,
      `in ${writtenCount(totals.inputTokens)}`,
      `out ${writtenCount(totals.outputTokens)}`,
    ]),
    ...facts('Cost', width, [writtenCost(totals.costUsd, totals.unpriced)]),
    ...facts(
      'Errors',
      width,
      errors.map(({ code, calls }) => `${excerpt(code, width)} ${writtenCount(calls)}`),
    ),
    ...history(figures, width),
    '',
  ]
  const end = troubles(figures, place)
  const room = height === undefined ? Number.POSITIVE_INFINITY : Math.max(2, height - lines.length - end.length)
  const all = [...lines, ...componentTable(figures.components, place, room), ...end]
  return all.slice(0, height).map((line) => (visibleWidth(line) <= width ? line : fitted(line, width)))
}

function percentiles({ p50, p95 }: Figures['totals']['latency']): string[] {
  return [`p50 ${writtenDuration(p50)}`, `p95 ${writtenDuration(p95)}`]
}

const LABEL_WIDTH = 13
const GAP = '   '

/** A name and what is known, in as many lines as it takes; none where nothing is. */
function facts(label: string, width: number, parts: readonly string[]): string[] {
  const lines: string[] = []
  for (const part of parts) {
    const line = lines.at(-1)
    const longer = `${line}${GAP}${part}`
    if (line !== undefined && visibleWidth(longer) <= width - LABEL_WIDTH) lines[lines.length - 1] = longer
    else lines.push(part)
  }
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`)
}

/** How many stretches each window has. */
const stretches: Readonly<Record<Figures['window'], number>> = { '5m': 60, '1h': 60, '24h': 72 }

/** The requests over the window, the newest stretch at the right; as many stretches as fit. */
function history({ at, window, stepMs, points }: Figures, width: number): string[] {
  if (points.length === 0) return []
  const newest = Math.floor(at / stepMs) * stepMs
  const counts = new Map(points.map((point) => [point.at, point.calls]))
  const peak = Math.max(...counts.values())
  const note = `${GAP}peak ${writtenRate((peak * 1000) / stepMs)}/s`
  const shown = Math.min(stretches[window], width - LABEL_WIDTH - note.length)
  if (shown < 10) return []
  const bars = Array.from({ length: shown }, (_, index) =>
    barOf(counts.get(newest - (shown - 1 - index) * stepMs), peak),
  )
  return facts('Over time', width, [`${bars.join('')}${note}`])
}

function barOf(count: number | undefined, peak: number): string {
  if (count === undefined) return ' '
  return BARS[Math.min(BARS.length - 1, Math.floor((count / peak) * BARS.length))] ?? ' '
}

/** What went wrong last, the newest first, and why components are not ready. */
function troubles({ at, components }: Figures, { width, style }: TextPlace): string[] {
  const failures = components
    .flatMap(({ name, lastError }) => (lastError ? [{ name, ...lastError }] : []))
    .sort((a, b) => b.at - a.at)
    .slice(0, MAX_FAILURES)
    .map(({ name, message, ...error }) => `${name}, ${writtenDuration(Math.max(0, at - error.at))} ago: ${message}`)
  const idle = components.flatMap(({ name, state, reason }) =>
    state === 'skipped' || state === 'failed'
      ? [`${name} is ${state}: ${reason ?? 'the log of the sidecar says why'}`]
      : [],
  )
  const lines = [...failures, ...idle]
  return lines.length === 0 ? [] : ['', ...lines.map((line) => style.dim(excerpt(line, width)))]
}
