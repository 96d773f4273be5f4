/** The table of components below the figures of `top`: as many columns as fit, the most telling ones. */
import { UNKNOWN_FIGURE, writtenCost, writtenCount, writtenDuration, writtenRate } from '@dapr-chat/sidecar'
import { fitted, visibleWidth } from '../terminal/fitted.ts'
import { excerpt } from '../terminal/printable.ts'
import type { Style } from '../terminal/style.ts'
import type { ComponentFigures } from './figures.ts'

/** One column. */
interface Column {
  readonly title: string
  /** Columns with the highest number make room first; those without one stay. */
  readonly gives?: number
  /** What stands in it, and how it is marked. */
  readonly cell: (figures: ComponentFigures, style: Style) => string
  readonly isText?: boolean
}

const columns: readonly Column[] = [
  { title: 'component', isText: true, cell: ({ name }) => excerpt(name, LONGEST_NAME) },
  {
    title: 'state',
    isText: true,
    gives: 7,
    cell: ({ state }, style) => marked(state ?? 'gone', state === 'ready' ? undefined : style.warning),
  },
  { title: 'breaker', isText: true, gives: 1, cell: breakerCell },
  { title: 'req/s', cell: ({ requestsPerSecond }) => writtenRate(requestsPerSecond) },
  { title: 'in flight', gives: 2, cell: ({ open }) => writtenCount(open) },
  { title: 'calls', gives: 9, cell: ({ calls }) => writtenCount(calls) },
  {
    title: 'failed',
    gives: 0,
    cell: ({ failed }, style) => marked(writtenCount(failed), failed > 0 ? style.bad : undefined),
  },
  { title: 'p50', gives: 5, cell: ({ latency }) => writtenDuration(latency.p50) },
  { title: 'p95', gives: 3, cell: ({ latency }) => writtenDuration(latency.p95) },
  { title: 'first p50', gives: 8, cell: ({ timeToFirstToken }) => writtenDuration(timeToFirstToken.p50) },
  { title: 'first p95', gives: 6, cell: ({ timeToFirstToken }) => writtenDuration(timeToFirstToken.p95) },
  { title: 'tok/s', gives: 5, cell: ({ tokensPerSecond }) => writtenRate(tokensPerSecond) },
  { title: 'cost', gives: 4, cell: ({ costUsd, unpriced }) => writtenCost(costUsd, unpriced) },
]

const GAP = '  '

/** A name takes no more than this, in columns. */
const LONGEST_NAME = 60

/** Names are cut no shorter than this. */
const SHORTEST_NAME = 8

/**
 * The lines, with a heading.
 * @param room how many lines there may be.
 */
export function componentTable(
  components: readonly ComponentFigures[],
  { width, style }: { readonly width: number; readonly style: Style },
  room: number,
): string[] {
  if (components.length === 0) return ['The sidecar has no component for conversations.']
  const shown = components.length < room ? components : components.slice(0, Math.max(0, room - 2))
  const more = components.length - shown.length
  const cells = shown.map((figures) => columns.map((column) => column.cell(figures, style)))
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => visibleWidth(row[index] ?? ''))),
  )
  const [nameWidth = 0] = widths
  const kept = columnsThatFit(widths, width)
  const others = kept.slice(1).reduce((sum, index) => sum + (widths[index] ?? 0) + GAP.length, 0)
  widths[0] = Math.max(SHORTEST_NAME, Math.min(nameWidth, width - others))
  const line = (row: readonly string[]) =>
    kept.map((index) => padded(row[index] ?? '', widths[index] ?? 0, columns[index]?.isText === true)).join(GAP)
  return [
    style.dim(line(columns.map(({ title }) => title))),
    ...cells.map(line),
    ...(more > 0 ? [style.dim(`and ${more} more`)] : []),
  ].map((text) => text.trimEnd())
}

/** The places of the columns that stay; the name gives way before the last of them do. */
function columnsThatFit(widths: readonly number[], width: number): number[] {
  let kept = columns.map((_, index) => index)
  const needed = () =>
    kept.reduce((sum, index) => sum + GAP.length + (index === 0 ? SHORTEST_NAME : (widths[index] ?? 0)), -GAP.length)
  while (needed() > width) {
    const gives = kept.map((index) => columns[index]?.gives ?? -1)
    const most = Math.max(...gives)
    if (most < 0) break
    kept = kept.filter((_, place) => place !== gives.indexOf(most))
  }
  return kept
}

function padded(cell: string, width: number, isText: boolean): string {
  const taken = visibleWidth(cell)
  if (taken > width) return fitted(cell, width)
  const space = ' '.repeat(width - taken)
  return isText ? `${cell}${space}` : `${space}${cell}`
}

function breakerCell({ breaker }: ComponentFigures, style: Style): string {
  const mark = breaker === 'open' ? style.bad : breaker === 'half-open' ? style.warning : undefined
  return marked(breaker ?? UNKNOWN_FIGURE, mark)
}

function marked(text: string, mark: ((text: string) => string) | undefined): string {
  return mark === undefined ? text : mark(text)
}
