/**
 * Figures of conversations: daprd's own by its names and labels, so that existing panels keep working (its
 * `pkg/diagnostics/component_monitoring.go`), and ours, for which there is no convention. One of the groups of figures
 * in `metrics.ts`.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { BoundedNames } from './bounded-names.ts'
import type { CallSink } from './call-book.ts'
import type { CallRecord } from './call-record.ts'
import { LATENCY_BUCKETS } from './latency-buckets.ts'

type Labels = Readonly<Record<string, string>>

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
  readonly #count: Counter
  readonly #latency: Histogram
  readonly #openStreams: Gauge
  readonly #cancelled: Counter
  readonly #interrupted: Counter
  readonly #cacheHits: Counter
  readonly #cacheMisses: Counter
  readonly #overhead: Histogram
  readonly #cost: Counter
  readonly #unpriced: Counter

  /** @param labels those that every figure of the sidecar has. */
  constructor(registry: Registry, labels: Labels) {
    this.#labels = labels
    const registers = [registry]
    const common = ['app_id', 'namespace', 'component']
    const counter = (name: string, help: string, labelNames = common) =>
      new Counter({ name, help, labelNames, registers })
    this.#count = counter('dapr_component_conversation_count', 'The number of conversations with a component.', [
      ...common,
      'success',
    ])
    this.#latency = new Histogram({
      name: 'dapr_component_conversation_latencies',
      help: 'How long conversations with a component took, in milliseconds.',
      labelNames: [...common, 'success'],
      buckets: LATENCY_BUCKETS,
      registers,
    })
    this.#openStreams = new Gauge({
      name: 'dapr_chat_open_streams',
      help: 'The number of answers that are being streamed.',
      labelNames: common,
      registers,
    })
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
    this.#overhead = new Histogram({
      name: 'dapr_chat_overhead_seconds',
      help: 'From the accepted request to asking the provider for the first time, in seconds.',
      labelNames: common,
      buckets: OVERHEAD_BUCKETS,
      registers,
    })
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
