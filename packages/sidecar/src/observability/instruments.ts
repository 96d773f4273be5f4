/**
 * Makes the counters, histograms and gauges of the metrics, so that what a Configuration says of labels and bounds holds for
 * every one of them. Where no rule is about a figure, it is the library's own and costs nothing more.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { LabelRule } from '../configuration/metrics.ts'

/** The labels of one value. */
export type Labels = Readonly<Record<string, string>>

/** What only grows. */
export interface CounterFigure {
  inc(labels: Labels, value?: number): void
}

/** What is sorted into buckets. */
export interface HistogramFigure {
  observe(labels: Labels, value: number): void
}

/** What goes up and down. */
export interface GaugeFigure {
  inc(labels: Labels): void
  dec(labels: Labels): void
}

/** One value of a gauge that is asked when somebody looks. */
export interface GaugeValue {
  readonly labels: Labels
  readonly value: number
}

/** What the figures of a sidecar are made with. */
export interface InstrumentsOptions {
  readonly registry: Registry
  /** Labels that the operator wants rewritten. */
  readonly rules: readonly LabelRule[]
  /** The bounds of latencies in milliseconds. */
  readonly latencyBuckets: readonly number[]
}

type Rewrite = (labels: Labels) => Labels

/** Makes figures, each once. */
export class Instruments {
  /** The bounds of latencies in milliseconds. */
  readonly latencyBuckets: readonly number[]
  readonly #registry: Registry
  readonly #rules: readonly LabelRule[]

  constructor({ registry, rules, latencyBuckets }: InstrumentsOptions) {
    this.#registry = registry
    this.#rules = rules
    this.latencyBuckets = latencyBuckets
  }

  counter(name: string, help: string, labelNames: string[]): CounterFigure {
    const counter = new Counter({ name, help, labelNames, registers: [this.#registry] })
    const rewrite = this.#rewriteOf(name)
    return rewrite ? { inc: (labels, value) => counter.inc(rewrite(labels), value) } : counter
  }

  histogram(name: string, help: string, labelNames: string[], buckets: readonly number[]): HistogramFigure {
    const registers = [this.#registry]
    const histogram = new Histogram({ name, help, labelNames, buckets: [...buckets], registers })
    const rewrite = this.#rewriteOf(name)
    return rewrite ? { observe: (labels, value) => histogram.observe(rewrite(labels), value) } : histogram
  }

  gauge(name: string, help: string, labelNames: string[]): GaugeFigure {
    const gauge = new Gauge({ name, help, labelNames, registers: [this.#registry] })
    const rewrite = this.#rewriteOf(name)
    if (!rewrite) return gauge
    return { inc: (labels) => gauge.inc(rewrite(labels)), dec: (labels) => gauge.dec(rewrite(labels)) }
  }

  /** A gauge whose values are asked when somebody looks. */
  observed(name: string, help: string, labelNames: string[], values: () => Iterable<GaugeValue>): void {
    const rewrite = this.#rewriteOf(name) ?? ((labels) => labels)
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset()
        for (const { labels, value } of values()) this.inc(rewrite(labels), value)
      },
    })
  }

  #rewriteOf(figure: string): Rewrite | undefined {
    const rules = new Map(
      this.#rules.filter((rule) => keyOf(rule.figure) === keyOf(figure)).map((rule) => [rule.label, rule.rewrites]),
    )
    if (rules.size === 0) return undefined
    return (labels) =>
      Object.fromEntries(
        Object.entries(labels).map(([label, value]) => [
          label,
          (rules.get(label) ?? []).reduce(
            (text, { pattern, replacement }) => text.replace(pattern, replacement),
            value,
          ),
        ]),
      )
  }
}

/** daprd compares names without its prefix, which may be left out of a rule, and takes an underscore for a slash. */
function keyOf(figure: string): string {
  return figure.replace('dapr_', '').replaceAll('/', '_')
}
