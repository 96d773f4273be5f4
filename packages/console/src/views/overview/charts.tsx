/** The charts of the first page: how much, how fast, how soon, how many tokens, how fast those, and for how much. */
import type { Overview, OverviewPoint } from '@dapr-chat/protocol/console'
import { useMemo } from 'preact/hooks'
import { Chart, type ChartProps } from '../../parts/chart.tsx'
import { type Line, stretchesOf } from '../../state/series.ts'
import { count, duration, money, rate } from '../../text/format.ts'

type Definition = Pick<ChartProps, 'title' | 'lines' | 'format'>

function percentiles(of: 'latency' | 'timeToFirstToken'): readonly Line[] {
  return (['p50', 'p95', 'p99'] as const).map((name, index) => ({
    label: name,
    color: `--line-${index + 1}`,
    value: (point) => point?.[of][name] ?? null,
  }))
}

const perMinute = (value: number, stepMs: number) => value / (stepMs / 60_000)

/** Where nothing is known of the prices, nothing is known of the cost. */
function costAMinute(point: OverviewPoint | undefined, stepMs: number): number | null {
  const { costUsd = 0, unpriced = 0 } = point ?? {}
  return costUsd === 0 && unpriced > 0 ? null : perMinute(costUsd, stepMs)
}

const charts: readonly Definition[] = [
  {
    title: 'Requests a minute',
    format: rate,
    lines: [
      { label: 'all', color: '--line-1', value: (point, stepMs) => perMinute(point?.calls ?? 0, stepMs) },
      { label: 'failed', color: '--bad', value: (point, stepMs) => perMinute(point?.failed ?? 0, stepMs) },
    ],
  },
  { title: 'Latency', format: duration, lines: percentiles('latency') },
  { title: 'Time to first token', format: duration, lines: percentiles('timeToFirstToken') },
  {
    title: 'Tokens a minute',
    format: (value) => count(Math.round(value)),
    lines: [
      { label: 'in', color: '--line-1', value: (point, stepMs) => perMinute(point?.inputTokens ?? 0, stepMs) },
      { label: 'out', color: '--line-2', value: (point, stepMs) => perMinute(point?.outputTokens ?? 0, stepMs) },
    ],
  },
  {
    title: 'Tokens a second while streaming',
    format: rate,
    lines: [{ label: 'all', color: '--line-1', value: (point) => point?.tokensPerSecond ?? null }],
  },
  { title: 'Cost a minute', format: money, lines: [{ label: 'known', color: '--line-1', value: costAMinute }] },
]

export function Charts({ overview }: { readonly overview: Overview }) {
  const stretches = useMemo(() => stretchesOf(overview), [overview])
  return (
    <section class="charts" aria-labelledby="charts">
      <h2 id="charts" class="visually-hidden">
        Over time
      </h2>
      {charts.map((chart) => (
        <Chart key={chart.title} {...chart} stretches={stretches} stepMs={overview.stepMs} />
      ))}
    </section>
  )
}
