/** The sidecar's figures in Prometheus' text format. Which there are stands in the files of the groups. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { ApiMetrics } from './api-metrics.ts'
import { ComponentMetrics } from './component-metrics.ts'
import { ConversationMetrics } from './conversation-metrics.ts'
import { GenAiMetrics } from './genai-metrics.ts'
import { genAiNames } from './genai-names.ts'
import { ResiliencyMetrics } from './resiliency-metrics.ts'

/** What the figures say of a sidecar, and where they find it. */
export interface MetricsOptions {
  readonly appId: string
  /** Kubernetes' namespace; empty means none, and then no label. */
  readonly namespace: string
  /** The value of `OTEL_SEMCONV_STABILITY_OPT_IN`. */
  readonly semconvOptIn: string | undefined
  /** How many conversations are in progress, asked when somebody looks. */
  openCalls(): number
  /** How many bytes of answers wait to be scrubbed, asked likewise. */
  heldBytes(): number
}

/** The figures of one sidecar. */
export class Metrics {
  readonly conversations: ConversationMetrics
  readonly genAi: GenAiMetrics
  readonly api: ApiMetrics
  readonly components: ComponentMetrics
  /** What the resiliency policies did. */
  readonly resiliency: ResiliencyMetrics
  readonly #registry = new Registry()

  constructor({ appId, namespace, semconvOptIn, openCalls, heldBytes }: MetricsOptions) {
    const labels = { app_id: appId, ...(namespace !== '' && { namespace }) }
    const registry = this.#registry
    this.conversations = new ConversationMetrics(registry, labels)
    this.genAi = new GenAiMetrics(registry, genAiNames(semconvOptIn))
    this.api = new ApiMetrics(registry, labels)
    this.components = new ComponentMetrics(registry, labels)
    this.resiliency = new ResiliencyMetrics(registry, labels)
    const registers = [registry]
    new Gauge({
      name: 'dapr_chat_open_calls',
      help: 'The number of conversations in progress.',
      registers,
      collect() {
        this.set(openCalls())
      },
    })
    new Gauge({
      name: 'dapr_chat_pii_held_bytes',
      help: 'How much of the answers in progress is held back until it is known to hold no personal data, in bytes.',
      registers,
      collect() {
        this.set(heldBytes())
      },
    })
    // The process and Node, the delay of the event loop among them.
    collectDefaultMetrics({ register: registry })
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
