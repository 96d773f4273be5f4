/** A chart of a few lines over time: the drawing, its figures in words, and the same as a table. */
import { type Stretch, summarize } from '../state/series.ts'
import { clockTime, UNKNOWN } from '../text/format.ts'
import { Plot, type PlotProps, pointedAt } from './plot.tsx'
import { Table } from './table.tsx'

/** What a chart shows. */
export interface ChartProps extends Omit<PlotProps, 'label'> {
  readonly title: string
}

type Write = (value: number | null) => string

export function Chart({ title, lines, stretches, stepMs, format }: ChartProps) {
  const write: Write = (value) => (value === null ? UNKNOWN : format(value))
  const summaries = summarize(lines, stretches, stepMs)
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <Legend lines={lines} newest={summaries.map(({ newest }) => newest)} {...{ stretches, stepMs, write }} />
      </figcaption>
      <Plot label={inWords(title, summaries, write)} {...{ lines, stretches, stepMs, format }} />
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
              cell: ({ point }: Stretch) => write(line.value(point, stepMs)),
            })),
          ]}
          rows={stretches.filter(({ point }) => point !== undefined).toReversed()}
          keyOf={({ at: time }) => String(time)}
        />
      </details>
    </figure>
  )
}

interface LegendProps extends Pick<ChartProps, 'lines' | 'stretches' | 'stepMs'> {
  /** The newest value of each line. */
  readonly newest: readonly (number | null)[]
  readonly write: Write
}

/** The lines with their values at the cursor, or else the newest ones. */
function Legend({ lines, stretches, stepMs, newest, write }: LegendProps) {
  const pointed = stretches.find(({ at }) => at === pointedAt.value)
  return (
    <ul class="legend">
      {lines.map((line, index) => (
        <li key={line.label}>
          <span class="swatch" style={{ background: `var(${line.color})` }} aria-hidden="true" /> {line.label}{' '}
          <strong>{write(pointed ? line.value(pointed.point, stepMs) : (newest[index] ?? null))}</strong>
        </li>
      ))}
      <li class="at">{pointed ? clockTime(pointed.at) : 'newest'}</li>
    </ul>
  )
}

function inWords(title: string, summaries: ReturnType<typeof summarize>, write: Write): string {
  const sentences = summaries.map(({ label, newest, highest, highestAt }) =>
    highestAt === undefined
      ? `${label}: nothing measured`
      : `${label}: newest ${write(newest)}, highest ${write(highest)} at ${clockTime(highestAt)}`,
  )
  return `${title}. ${sentences.join('. ')}.`
}
