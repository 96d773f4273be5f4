/**
 * Figures of conversations: daprd's own by its names and labels, so that existing panels keep working (its
 * `pkg/diagnostics/component_monitoring.go`), and ours, for which there is no convention. One of the groups of figures
 * in `metrics.ts`.
 */
import { BoundedNames } from './bounded-names.ts'
import type { CallSink } from './call-book.ts'
import type { CallRecord } from './call-record.ts'
import type { CounterFigure, GaugeFigure, HistogramFigure, Instruments, Labels } from './instruments.ts'

/** In seconds. */
const OVERHEAD_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

/** The most models that have costs of their own. */
const MAX_MODELS = 100

/** The figures of one sidecar. */
export class ConversationMetrics implements CallSink {
  readonly #labels: Labels
  readonly #models = new BoundedNames(MAX_MODELS)
  readonly #count: CounterFigure
  readonly #latency: HistogramFigure
  readonly #openStreams: GaugeFigure
  readonly #cancelled: CounterFigure
  readonly #interrupted: CounterFigure
  readonly #cacheHits: CounterFigure
  readonly #cacheMisses: CounterFigure
  readonly #overhead: HistogramFigure
  readonly #cost: CounterFigure
  readonly #unpriced: CounterFigure
  readonly #refused: CounterFigure
  readonly #clocksRanOut: CounterFigure

  /** @param labels those that every figure of the sidecar has. */
  constructor(instruments: Instruments, labels: Labels) {
    this.#labels = labels
    const common = ['app_id', 'namespace', 'component']
    const counter = (name: string, help: string, labelNames = common) => instruments.counter(name, help, labelNames)
    this.#count = counter('dapr_component_conversation_count', 'The number of conversations with a component.', [
      ...common,
      'success',
    ])
    this.#latency = instruments.histogram(
      'dapr_component_conversation_latencies',
      'How long conversations with a component took, in milliseconds.',
      [...common, 'success'],
      instruments.latencyBuckets,
    )
    this.#openStreams = instruments.gauge(
      'dapr_chat_open_streams',
      'The number of answers that are being streamed.',
      common,
    )
    this.#cancelled = counter('dapr_chat_cancelled_total', 'The number of conversations whose caller left early.')
    this.#interrupted = counter(
      'dapr_chat_interrupted_total',
      'The number of conversations that failed after output had reached the caller.',
    )
    this.#cacheHits = counter('dapr_chat_cache_hits_total', 'The number of answers that came from the response cache.')
    this.#cacheMisses = counter(
      'dapr_chat_cache_misses_total',
      'The number of questions that the response cache had no answer to.',
    )
    this.#overhead = instruments.histogram(
      'dapr_chat_overhead_seconds',
      'From the accepted request to asking the provider for the first time, in seconds.',
      common,
      OVERHEAD_BUCKETS,
    )
    const costs = [...common, 'model']
    this.#cost = counter(
      'dapr_chat_cost_usd_total',
      'What conversations cost in US dollars, as far as it is known.',
      costs,
    )
    this.#unpriced = counter(
      'dapr_chat_unpriced_total',
      'The number of conversations with tokens whose price is not known.',
      costs,
    )
    this.#refused = counter(
      'dapr_chat_refused_total',
      'The number of conversations that were refused before they reached a component.',
      [...common, 'code'],
    )
    this.#clocksRanOut = counter(
      'dapr_chat_clock_ran_out_total',
      "How often one of the clocks of a component's calls ran out, in attempts that were made again too.",
      [...common, 'clock'],
    )
  }

  began({ call, component }: CallRecord): void {
    if (call.origin?.streamed) this.#openStreams.inc(this.#labelsOf(component.name))
  }

  ended(record: CallRecord, costUsd: number | undefined): void {
    const { state, component, call } = record
    const { askedMs, endMs } = record.times
    const labels = this.#labelsOf(component.name)
    if (call.origin?.streamed) this.#openStreams.dec(labels)
    const outcome = { ...labels, success: String(state === 'succeeded') }
    this.#count.inc(outcome)
    this.#latency.observe(outcome, endMs)
    if (state === 'cancelled') this.#cancelled.inc(labels)
    if (state === 'interrupted') this.#interrupted.inc(labels)
    if (askedMs !== undefined) this.#overhead.observe(labels, askedMs / 1_000)
    const model = record.answeringModel ?? record.askedModel
    const costs = { ...labels, ...(model !== undefined && { model: this.#models.bound(model) }) }
    if (costUsd !== undefined) this.#cost.inc(costs, costUsd)
    else if (record.usage) this.#unpriced.inc(costs)
    for (const clock of record.clocksRanOut) this.#clocksRanOut.inc({ ...labels, clock })
  }

  /** One that named no component of ours has no such label: the names that callers make up are without end. */
  refused({ component: { name }, error }: CallRecord): void {
    this.#refused.inc({ ...this.#labels, ...(name !== '' && { component: name }), code: error?.code ?? 'internal' })
  }

  /** Counts one look into a component's response cache. */
  recordCacheLookup(component: string, hit: boolean): void {
    const counter = hit ? this.#cacheHits : this.#cacheMisses
    counter.inc(this.#labelsOf(component))
  }

  #labelsOf(component: string): Labels {
    return { ...this.#labels, component }
  }
}
