/**
 * The budgets of the design, as data: which figure, how much it may be, and against what. A budget applies to the
 * sidecar's surfaces only.
 */
import type { Figures } from '../measure/figures.ts'
import type { TargetResult } from './results.ts'

/** The targets that others are compared with; absent where they were not measured. */
export interface Baselines {
  readonly direct: Figures | undefined
  readonly pipe: Figures | undefined
}

/** One budget. */
export interface Budget {
  readonly label: string
  readonly unit: string
  /** How many decimals mean something. */
  readonly digits: number
  /** The figure; `undefined` where it was not measured. */
  figure(figures: Figures, baselines: Baselines): number | undefined
  /** What it may be. */
  limit(kind: NonNullable<TargetResult['budgets']>): number
}

/** Below this, a difference of two readings of memory is noise: bytes for each cancelled stream. */
const NO_GROWTH_BYTES = 100

/** Growth in proportion, with room for what two measurements differ by. */
const LINEAR = 1.2

export const budgets: readonly Budget[] = [
  {
    label: 'CPU per unary request',
    unit: 'ms',
    digits: 3,
    figure: ({ unaryCpuMs }) => unaryCpuMs,
    limit: () => 0.4,
  },
  {
    label: 'the same, over the raw pipe',
    unit: '×',
    digits: 2,
    figure: ({ unaryCpuMs }, { pipe }) => ratio(unaryCpuMs, pipe?.unaryCpuMs),
    limit: () => 1.3,
  },
  {
    label: 'added time to first token, p50',
    unit: 'ms',
    digits: 2,
    figure: ({ firstTokenP50Ms }, { direct }) => difference(firstTokenP50Ms, direct?.firstTokenP50Ms),
    limit: () => 1,
  },
  {
    label: 'added time to first token, p99',
    unit: 'ms',
    digits: 2,
    figure: ({ firstTokenP99Ms }, { direct }) => difference(firstTokenP99Ms, direct?.firstTokenP99Ms),
    limit: () => 5,
  },
  {
    label: 'CPU per chunk, bursts',
    unit: 'µs',
    digits: 1,
    figure: ({ burstChunkMicros }) => burstChunkMicros,
    limit: (kind) => (kind === 'sse' ? 8 : 15),
  },
  {
    label: 'CPU per chunk arriving singly, over the raw pipe',
    unit: '×',
    digits: 2,
    figure: ({ singleChunkMicros }, { pipe }) => ratio(singleChunkMicros, pipe?.singleChunkMicros),
    limit: () => 1.3,
  },
  {
    label: 'memory per open stream (500)',
    unit: 'KB',
    digits: 1,
    figure: (figures) => scaled(memoryPerStream(figures, 500), 1_024),
    limit: () => 60,
  },
  {
    label: 'growth after cancelled streams, for each',
    unit: 'bytes',
    digits: 0,
    figure: ({ cancelledHeldBytes }) => cancelledHeldBytes,
    limit: () => NO_GROWTH_BYTES,
  },
  {
    label: 'CPU per chunk, 1,000 streams over 500',
    unit: '×',
    digits: 2,
    figure: (figures) => ratio(at(figures, 1_000)?.chunkMicros, at(figures, 500)?.chunkMicros),
    limit: () => LINEAR,
  },
  {
    label: 'memory per stream, 1,000 streams over 500',
    unit: '×',
    digits: 2,
    figure: (figures) => ratio(memoryPerStream(figures, 1_000), memoryPerStream(figures, 500)),
    limit: () => LINEAR,
  },
]

function at({ streams }: Figures, count: number) {
  return streams?.find((figures) => figures.streams === count)
}

/**
 * Bytes for each of so many open streams: resident memory, or what is held where that is more, because it may have found
 * room in memory that was there before. `undefined` where that was not measured.
 */
export function memoryPerStream(figures: Figures, count: number): number | undefined {
  const found = at(figures, count)
  return found && Math.max(found.residentBytes, found.heldBytes)
}

function ratio(figure: number | undefined, base: number | undefined): number | undefined {
  return figure === undefined || base === undefined ? undefined : figure / base
}

function difference(figure: number | undefined, base: number | undefined): number | undefined {
  return figure === undefined || base === undefined ? undefined : figure - base
}

function scaled(figure: number | undefined, by: number): number | undefined {
  return figure === undefined ? undefined : figure / by
}
