/** What is sent to whom: the decision of `read-plan.ts`, from which `start.ts` makes exporters. */
import type { GenAiNames } from '../genai-names.ts'

/** How spans and figures travel; the names of OpenTelemetry's specification. */
export type OtlpProtocol = 'http/protobuf' | 'http/json' | 'grpc'

/** A collector, for one signal. */
export interface Collector {
  readonly protocol: OtlpProtocol
  /** The whole address; gRPC takes scheme, host and port of it. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** How long one batch may take, tries included, in milliseconds. */
  readonly timeoutMs: number
  readonly compression: 'gzip' | 'none'
}

/** Where one signal goes: a collector, standard output, or both. */
export interface Destinations {
  readonly collector?: Collector
  readonly stdout: boolean
}

/** Which traces are recorded. */
export interface Sampling {
  /** The share of traces, from 0 to 1. */
  readonly ratio: number
  /** Whether a caller's own decision holds for its traces. */
  readonly parentBased: boolean
}

/** Everything that leaves the sidecar as telemetry. */
export interface TelemetryPlan {
  /** Attributes of everything that is sent, `service.name` among them. */
  readonly resource: Readonly<Record<string, string>>
  readonly traces?: Destinations & { readonly sampling: Sampling }
  /** `intervalMs` is the time from one report of all figures to the next, in milliseconds. */
  readonly metrics?: Destinations & { readonly intervalMs: number }
  /** How long the end of a sidecar waits for collectors, in milliseconds. */
  readonly flushMs: number
  /** Which generation of names the figures have. */
  readonly names: GenAiNames
  /** Whether what is said goes onto the spans. */
  readonly captureContent: boolean
}
