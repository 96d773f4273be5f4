/**
 * Figures in Prometheus' text format, by the names and labels of daprd, so that existing panels keep working
 * (daprd's `pkg/diagnostics/component_monitoring.go`).
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { ResiliencyMetrics } from './resiliency-metrics.ts'

/** daprd's bounds, in milliseconds. */
const LATENCY_BUCKETS = [
  1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800, 1_000,
  2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
]

/** The figures of one sidecar. */
export class Metrics {
  /** What the resiliency policies did. */
  readonly resiliency: ResiliencyMetrics
  readonly #registry = new Registry()
  readonly #count: Counter
  readonly #latency: Histogram
  readonly #cacheHits: Counter
  readonly #cacheMisses: Counter
  readonly #labels: Readonly<Record<string, string>>

  /**
   * @param namespace Kubernetes' namespace; empty means none, and then no label.
   * @param openCalls how many conversations are in progress, asked when somebody looks.
   */
  constructor(appId: string, namespace: string, openCalls: () => number) {
    this.#labels = { app_id: appId, ...(namespace !== '' && { namespace }) }
    const labelNames = ['app_id', 'namespace', 'component', 'success']
    const registers = [this.#registry]
    this.resiliency = new ResiliencyMetrics(this.#registry, this.#labels)
    this.#count = new Counter({
      name: 'dapr_component_conversation_count',
      help: 'The number of conversations with a component.',
      labelNames,
      registers,
    })
    this.#latency = new Histogram({
      name: 'dapr_component_conversation_latencies',
      help: 'How long conversations with a component took, in milliseconds.',
      labelNames,
      buckets: LATENCY_BUCKETS,
      registers,
    })
    const perComponent = { labelNames: ['app_id', 'namespace', 'component'], registers }
    this.#cacheHits = new Counter({
      name: 'dapr_chat_cache_hits_total',
      help: 'The number of answers that came from the response cache.',
      ...perComponent,
    })
    this.#cacheMisses = new Counter({
      name: 'dapr_chat_cache_misses_total',
      help: 'The number of questions that the response cache had no answer to.',
      ...perComponent,
    })
    new Gauge({
      name: 'dapr_chat_open_calls',
      help: 'The number of conversations in progress.',
      registers,
      collect() {
        this.set(openCalls())
      },
    })
    collectDefaultMetrics({ register: this.#registry })
  }

  /** Counts one conversation that has ended. */
  recordConversation(component: string, success: boolean, durationMs: number): void {
    const labels = { ...this.#labels, component, success: String(success) }
    this.#count.inc(labels)
    if (durationMs > 0) this.#latency.observe(labels, durationMs)
  }

  /** Counts one look into a component's response cache. */
  recordCacheLookup(component: string, hit: boolean): void {
    const counter = hit ? this.#cacheHits : this.#cacheMisses
    counter.inc({ ...this.#labels, component })
  }

  /** The content type of `text`. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** All figures now. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }
}
