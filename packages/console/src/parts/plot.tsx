/**
 * The drawing of a chart: straight lines over time, as SVG, so that the style sheet colours it. All drawings of the page
 * share one cursor, which stands on a stretch of time that was measured. The last stretch is not over: its line is dotted.
 */
import { signal } from '@preact/signals'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { timeMarks, valueMarks } from '../state/axis.ts'
import { type Line, runsOf, type Stretch } from '../state/series.ts'
import { clockTime } from '../text/format.ts'

/** When the stretch begins that is pointed at; in all charts it is the same. */
export const pointedAt = signal<number | undefined>(undefined)

/** What is drawn. */
export interface PlotProps {
  /** The same in words. */
  readonly label: string
  readonly lines: readonly Line[]
  readonly stretches: readonly Stretch[]
  readonly stepMs: number
  /** Writes a value with its unit. */
  format(value: number): string
}

/** In pixels: the drawing, its edges, and what the time of day needs to be read. */
const HEIGHT = 180
const LEFT = 64
const RIGHT = 18
const TOP = 8
const BOTTOM = 24
const TIME_WIDTH = 70

/** Where something stands in the drawing, in pixels. */
interface Scales {
  readonly x: (index: number) => number
  readonly y: (value: number) => number
}

export function Plot({ label, lines, stretches, stepMs, format }: PlotProps) {
  const place = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = place.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const last = stretches.length - 1
  const drawn = lines.map(({ label: name, color, value }) => ({
    name,
    color,
    values: stretches.map(({ point }) => value(point, stepMs)),
  }))
  const most = Math.max(...drawn.flatMap(({ values }) => values.map((value) => value ?? 0)))
  const highest = most > 0 ? most * 1.1 : 1
  const scales: Scales = {
    x: (index) => LEFT + (index / last) * (width - LEFT - RIGHT),
    y: (value) => TOP + (1 - value / highest) * (HEIGHT - TOP - BOTTOM),
  }
  const from = stretches[0]?.at ?? 0
  const times = timeMarks(from, from + last * stepMs, Math.max(1, Math.floor((width - LEFT) / TIME_WIDTH)))

  function onPointerMove(event: PointerEvent) {
    const index = Math.round(((event.offsetX - LEFT) / (width - LEFT - RIGHT)) * last)
    pointedAt.value = stretches[Math.max(0, Math.min(last, index))]?.at
  }

  return (
    <div
      ref={place}
      class="plot"
      role="img"
      aria-label={label}
      onPointerMove={onPointerMove}
      onPointerLeave={() => (pointedAt.value = undefined)}
    >
      {width > 0 && (
        <svg width={width} height={HEIGHT} aria-hidden="true">
          {valueMarks(highest).map((value) => (
            <g key={value}>
              <path class="grid" d={`M${LEFT} ${scales.y(value)}H${width - RIGHT}`} />
              <text x={LEFT - 8} y={scales.y(value)} dy="0.35em" text-anchor="end">
                {format(value)}
              </text>
            </g>
          ))}
          {times.map((at) => (
            <text key={at} x={scales.x((at - from) / stepMs)} y={HEIGHT - 6} text-anchor="middle">
              {clockTime(at).slice(0, 5)}
            </text>
          ))}
          {drawn.map(({ name, color, values }) => (
            <g key={name} class="line" style={{ color: `var(${color})` }}>
              {runsOf(values).map((run) => (
                <Run key={run[0]} run={run} values={values} {...scales} />
              ))}
            </g>
          ))}
          <Cursor drawn={drawn} stretches={stretches} {...scales} />
        </svg>
      )}
    </div>
  )
}

interface RunProps extends Scales {
  /** The places of values that follow each other. */
  readonly run: readonly number[]
  readonly values: readonly (number | null)[]
}

/** A part of a line between two gaps; a value alone is a point. */
function Run({ run, values, x, y }: RunProps) {
  const pathOf = (indexes: readonly number[]) =>
    `M${indexes.map((index) => `${x(index)} ${y(values[index] ?? 0)}`).join('L')}`
  const [first = 0] = run
  const isOpen = run.at(-1) === values.length - 1
  if (run.length === 1) return <circle class={isOpen ? 'open' : ''} cx={x(first)} cy={y(values[first] ?? 0)} r={2.5} />
  const over = isOpen ? run.slice(0, -1) : run
  return (
    <>
      {over.length > 1 && <path d={pathOf(over)} />}
      {isOpen && <path class="open" d={pathOf(run.slice(-2))} />}
    </>
  )
}

interface CursorProps extends Scales {
  readonly drawn: readonly {
    readonly name: string
    readonly color: string
    readonly values: readonly (number | null)[]
  }[]
  readonly stretches: readonly Stretch[]
}

/** The cursor; by itself, so that the lines are not drawn again when it moves. */
function Cursor({ drawn, stretches, x, y }: CursorProps) {
  const index = stretches.findIndex(({ at }) => at === pointedAt.value)
  if (index === -1) return null
  return (
    <g class="cursor">
      <path d={`M${x(index)} ${TOP}V${HEIGHT - BOTTOM}`} />
      {drawn.map(({ name, color, values }) => {
        const value = values[index] ?? null
        return value === null ? null : (
          <circle key={name} style={{ color: `var(${color})` }} cx={x(index)} cy={y(value)} r={4} />
        )
      })}
    </g>
  )
}
