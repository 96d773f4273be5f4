/** The rows of the two tables: every figure of every target, and every budgeted figure beside its budget. */
import type { Figures } from '../measure/figures.ts'
import { type Baselines, budgets } from './budgets.ts'
import type { Results } from './results.ts'

/** A table; the first row is its head. */
export type Table = readonly (readonly string[])[]

interface Row {
  readonly label: string
  readonly digits: number
  value(figures: Figures): number | undefined
}

const STREAM_COUNTS = [1, 50, 500, 1_000]

function forStreams(
  label: string,
  digits: number,
  value: (streams: NonNullable<Figures['streams']>[number]) => number,
): Row[] {
  return STREAM_COUNTS.map((count) => ({
    label: `${label}, ${count.toLocaleString('en')} open`,
    digits,
    value: ({ streams }) => {
      const found = streams?.find((figures) => figures.streams === count)
      return found && value(found)
    },
  }))
}

const rows: readonly Row[] = [
  { label: 'unary: CPU, ms', digits: 3, value: ({ unaryCpuMs }) => unaryCpuMs },
  { label: 'unary: per second', digits: 0, value: ({ unaryPerSecond }) => unaryPerSecond },
  { label: 'unary: p50, ms', digits: 2, value: ({ unaryP50Ms }) => unaryP50Ms },
  { label: 'unary: p99, ms', digits: 2, value: ({ unaryP99Ms }) => unaryP99Ms },
  { label: 'first token: p50, ms', digits: 2, value: ({ firstTokenP50Ms }) => firstTokenP50Ms },
  { label: 'first token: p99, ms', digits: 2, value: ({ firstTokenP99Ms }) => firstTokenP99Ms },
  { label: 'burst: CPU per chunk, µs', digits: 1, value: ({ burstChunkMicros }) => burstChunkMicros },
  { label: 'single: CPU per chunk, µs', digits: 1, value: ({ singleChunkMicros }) => singleChunkMicros },
  { label: 'single: gap p99, ms', digits: 2, value: ({ singleGapP99Ms }) => singleGapP99Ms },
  ...forStreams('CPU per chunk, µs', 1, ({ chunkMicros }) => chunkMicros),
  ...forStreams('resident per stream, KB', 1, ({ residentBytes }) => residentBytes / 1_024),
  ...forStreams('held per stream, KB', 1, ({ heldBytes }) => heldBytes / 1_024),
  { label: 'cancelled: held for each, bytes', digits: 0, value: ({ cancelledHeldBytes }) => cancelledHeldBytes },
  {
    label: 'cancelled: resident for each, bytes',
    digits: 0,
    value: ({ cancelledResidentBytes }) => cancelledResidentBytes,
  },
  { label: 'cancelled: still open upstream', digits: 0, value: ({ cancelledStillOpen }) => cancelledStillOpen },
]

/** Every figure that was taken. */
export function figureTable({ targets }: Results): Table {
  const head = ['figure', ...targets.map(({ title }) => title)]
  const body = rows.map(({ label, digits, value }) => [
    label,
    ...targets.map(({ figures }) => shown(value(figures), digits)),
  ])
  return [head, ...body.filter((cells) => cells.slice(1).some((cell) => cell !== ''))]
}

/** Every budgeted figure of the sidecar: what it is, what it may be, whether that is met. */
export function budgetTable({ targets }: Results): Table {
  const figuresOf = (name: string) => targets.find((target) => target.name === name)?.figures
  const baselines: Baselines = { direct: figuresOf('direct'), pipe: figuresOf('pipe') }
  const body = budgets.flatMap(({ label, unit, digits, figure, limit }) =>
    targets.flatMap(({ title, budgets: kind, figures }) => {
      const value = figure(figures, baselines)
      if (kind === undefined || value === undefined) return []
      const met = value <= limit(kind) ? 'met' : 'not met'
      return [[label, title, `${shown(value, digits)} ${unit}`, `≤ ${limit(kind)} ${unit}`, met]]
    }),
  )
  return [['budgeted figure', 'surface', 'measured', 'budget', ''], ...body]
}

/** A figure as a cell; empty where there is none. */
export function shown(value: number | undefined, digits: number): string {
  // A zero with a sign says less than a zero.
  return value === undefined ? '' : value.toFixed(digits).replace(/^-(0(\.0+)?)$/, '$1')
}
