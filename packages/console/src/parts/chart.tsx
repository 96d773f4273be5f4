/** A chart of a few lines over time: the drawing, its figures in words, and the same as a table. All charts share one cursor. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { type Line, type Stretch, summarize } from '../state/series.ts'
import { paletteVersion } from '../state/theme.ts'
import { clockTime, UNKNOWN } from '../text/format.ts'
import { resolveColor } from './palette.ts'
import { Table } from './table.tsx'

/** What a chart shows. */
export interface ChartProps {
  readonly title: string
  readonly lines: readonly Line[]
  readonly stretches: readonly Stretch[]
  readonly stepMs: number
  /** Writes a value with its unit. */
  format(value: number): string
}

const HEIGHT = 180

export function Chart({ title, lines, stretches, stepMs, format }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const pointed = useSignal<number | null>(null)
  const version = paletteVersion.value
  // The lines are constants; the data has an effect of its own.
  useEffect(() => {
    const element = place.current
    if (!element) return
    const chart = new uPlot(optionsOf(element, lines, format, pointed), [[], ...lines.map(() => [])], element)
    plot.current = chart
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      chart.destroy()
    }
  }, [version])
  useEffect(() => {
    const times = stretches.map(({ at }) => at / 1_000)
    const values = lines.map((line) => stretches.map(({ point }) => line.value(point, stepMs)))
    plot.current?.setData([times, ...values])
  }, [stretches, version])

  const index = pointed.value
  const at = index === null ? undefined : stretches[index]
  const shown = (line: Line) => {
    if (at) return line.value(at.point, stepMs)
    return summaries.find(({ label }) => label === line.label)?.newest ?? null
  }
  const summaries = summarize(lines, stretches, stepMs)
  const written = (value: number | null) => (value === null ? UNKNOWN : format(value))
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <ul class="legend">
          {lines.map((line) => (
            <li key={line.label}>
              <span class="swatch" style={{ background: `var(${line.color})` }} aria-hidden="true" /> {line.label}{' '}
              <strong>{written(shown(line))}</strong>
            </li>
          ))}
          <li class="at">{at ? clockTime(at.at) : 'newest'}</li>
        </ul>
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={inWords(title, summaries, written)} />
      <details>
        <summary>
          As a table<span class="visually-hidden">: {title}</span>
        </summary>
        <Table
          caption={title}
          columns={[
            { label: 'Time', cell: ({ at: time }: Stretch) => clockTime(time) },
            ...lines.map((line) => ({
              label: line.label,
              numeric: true,
              cell: ({ point }: Stretch) => written(line.value(point, stepMs)),
            })),
          ]}
          rows={stretches.filter(({ point }) => point !== undefined).toReversed()}
          keyOf={({ at: time }) => String(time)}
        />
      </details>
    </figure>
  )
}

function inWords(
  title: string,
  summaries: ReturnType<typeof summarize>,
  written: (value: number | null) => string,
): string {
  const sentences = summaries.map(({ label, newest, highest, highestAt }) =>
    highestAt === undefined
      ? `${label}: nothing measured`
      : `${label}: newest ${written(newest)}, highest ${written(highest)} at ${clockTime(highestAt)}`,
  )
  return `${title}. ${sentences.join('. ')}.`
}

function optionsOf(
  element: HTMLElement,
  lines: readonly Line[],
  format: (value: number) => string,
  pointed: { value: number | null },
): uPlot.Options {
  const color = (property: string) => resolveColor(property, element)
  const axis = {
    stroke: color('--soft'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { sync: { key: 'console' }, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        space: 70,
        size: 28,
        values: (_plot, splits) => splits.map((seconds) => clockTime(seconds * 1_000).slice(0, 5)),
      },
      { ...axis, size: 64, values: (_plot, splits) => splits.map((value) => format(value)) },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: color(line.color),
        width: 2,
        spanGaps: false,
        points: { show: true, size: 5, fill: color(line.color), filter: lonely },
      })),
    ],
    hooks: {
      setCursor: [
        ({ cursor }) => {
          pointed.value = cursor.idx ?? null
        },
      ],
    },
  }
}

/** The samples without a neighbour: no line leads to them, so that they are drawn as points. */
function lonely({ data }: uPlot, series: number): number[] {
  const values: readonly (number | null | undefined)[] = Array.from(data[series] ?? [])
  return values.flatMap((value, index) =>
    value != null && values[index - 1] == null && values[index + 1] == null ? [index] : [],
  )
}
