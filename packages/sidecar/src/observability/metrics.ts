/** The sidecar's figures in Prometheus' text format. Which there are stands in the files of the groups. */
import { collectDefaultMetrics, Registry } from 'prom-client'
import { type Configuration, defaultConfiguration } from '../configuration/configuration.ts'
import { ApiMetrics } from './api-metrics.ts'
import { ComponentMetrics } from './component-metrics.ts'
import { ConversationMetrics } from './conversation-metrics.ts'
import { GenAiMetrics } from './genai-metrics.ts'
import { genAiNames } from './genai-names.ts'
import { Instruments } from './instruments.ts'
import { LATENCY_BUCKETS } from './latency-buckets.ts'
import { ResiliencyMetrics } from './resiliency-metrics.ts'

/** What the figures say of a sidecar, and where they find it. */
export interface MetricsOptions {
  readonly appId: string
  /** Kubernetes' namespace; empty means none, and then no label. */
  readonly namespace: string
  /** The value of `OTEL_SEMCONV_STABILITY_OPT_IN`. */
  readonly semconvOptIn: string | undefined
  /** What an operator says of figures; absent means nothing. */
  readonly configuration?: Pick<Configuration, 'labelRules' | 'latencyBuckets' | 'httpLabels' | 'errorCodesCounted'>
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

  constructor({
    appId,
    namespace,
    semconvOptIn,
    configuration = defaultConfiguration,
    openCalls,
    heldBytes,
  }: MetricsOptions) {
    const labels = { app_id: appId, ...(namespace !== '' && { namespace }) }
    const registry = this.#registry
    const { labelRules: rules, latencyBuckets = LATENCY_BUCKETS, httpLabels, errorCodesCounted } = configuration
    const instruments = new Instruments({ registry, rules, latencyBuckets })
    this.conversations = new ConversationMetrics(instruments, labels)
    this.genAi = new GenAiMetrics(instruments, genAiNames(semconvOptIn))
    this.api = new ApiMetrics(instruments, labels, {
      httpResponses: httpLabels.increasedCardinality,
      errorCodes: errorCodesCounted,
    })
    this.components = new ComponentMetrics(instruments, labels)
    this.resiliency = new ResiliencyMetrics(instruments, labels)
    const ofAll = (name: string, help: string, value: () => number) =>
      instruments.observed(name, help, [], () => [{ labels: {}, value: value() }])
    ofAll('dapr_chat_open_calls', 'The number of conversations in progress.', openCalls)
    ofAll(
      'dapr_chat_pii_held_bytes',
      'How much of the answers in progress is held back until it is known to hold no personal data, in bytes.',
      heldBytes,
    )
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
