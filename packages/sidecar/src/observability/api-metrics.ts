/**
 * Figures of the APIs, by the names and labels of daprd (its `pkg/diagnostics/http_monitoring.go`, `grpc_monitoring.go` and
 * `errorcode_monitoring.go`). One of the groups of figures in `metrics.ts`.
 */
import { Counter, Histogram, type Registry } from 'prom-client'
import { LATENCY_BUCKETS } from './latency-buckets.ts'

type Labels = Readonly<Record<string, string>>

/** From 1 KiB to 4 GiB, each twice the one before. */
const SIZE_BUCKETS = Array.from({ length: 23 }, (_, power) => 1_024 * 2 ** power)

/** The names of gRPC's codes, by their numbers. */
const GRPC_STATUS = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
]

/** One call over HTTP that has ended. */
export interface HttpFigures {
  readonly method: string
  /** From a bounded set: every path makes its own series. */
  readonly path: string
  readonly status: number
  readonly durationMs: number
  /** The lengths of the bodies, where they are known beforehand. */
  readonly requestBytes: number | undefined
  readonly responseBytes: number | undefined
}

/** The figures of one sidecar. */
export class ApiMetrics {
  readonly #labels: Labels
  readonly #httpRequests: Counter
  readonly #httpResponses: Counter
  readonly #httpLatency: Histogram
  readonly #httpRequestBytes: Histogram
  readonly #httpResponseBytes: Histogram
  readonly #grpcCompleted: Counter
  readonly #grpcLatency: Histogram
  readonly #errors: Counter

  /** @param labels those that every figure of the sidecar has. */
  constructor(registry: Registry, labels: Labels) {
    this.#labels = labels
    const registers = [registry]
    const common = ['app_id', 'namespace']
    const http = [...common, 'method', 'path', 'status']
    const grpc = [...common, 'grpc_server_method', 'grpc_server_status']
    const counter = (name: string, help: string, labelNames: string[]) =>
      new Counter({ name, help, labelNames, registers })
    const histogram = (name: string, help: string, labelNames: string[], buckets: number[]) =>
      new Histogram({ name, help, labelNames, buckets, registers })
    this.#httpRequests = counter('dapr_http_server_request_count', 'The number of requests over HTTP.', http)
    this.#httpResponses = counter('dapr_http_server_response_count', 'The number of answers over HTTP.', http)
    this.#httpLatency = histogram(
      'dapr_http_server_latency',
      'From a request over HTTP to the end of its answer, in milliseconds.',
      http,
      LATENCY_BUCKETS,
    )
    this.#httpRequestBytes = histogram(
      'dapr_http_server_request_bytes',
      'The length of the bodies of requests over HTTP, in bytes.',
      common,
      SIZE_BUCKETS,
    )
    this.#httpResponseBytes = histogram(
      'dapr_http_server_response_bytes',
      'The length of the bodies of answers over HTTP, in bytes; without streams.',
      common,
      SIZE_BUCKETS,
    )
    this.#grpcCompleted = counter('dapr_grpc_io_server_completed_rpcs', 'The number of calls over gRPC.', grpc)
    this.#grpcLatency = histogram(
      'dapr_grpc_io_server_server_latency',
      'From a call over gRPC to the end of its answer, in milliseconds.',
      grpc,
      LATENCY_BUCKETS,
    )
    this.#errors = counter('dapr_error_code_total', "The number of failed conversations, by Dapr's codes.", [
      ...common,
      'error_code',
      'category',
    ])
  }

  /** Counts a call over HTTP. */
  recordHttp({ method, path, status, durationMs, requestBytes, responseBytes }: HttpFigures): void {
    const labels = { ...this.#labels, method, path, status: String(status) }
    this.#httpRequests.inc(labels)
    this.#httpResponses.inc(labels)
    this.#httpLatency.observe(labels, durationMs)
    if (requestBytes !== undefined) this.#httpRequestBytes.observe(this.#labels, requestBytes)
    if (responseBytes !== undefined) this.#httpResponseBytes.observe(this.#labels, responseBytes)
  }

  /**
   * Counts a call over gRPC.
   * @param method `/SERVICE/METHOD`.
   * @param code the number of the status.
   */
  recordGrpc(method: string, code: number, durationMs: number): void {
    const status = GRPC_STATUS[code] ?? String(code)
    const labels = { ...this.#labels, grpc_server_method: method, grpc_server_status: status }
    this.#grpcCompleted.inc(labels)
    this.#grpcLatency.observe(labels, durationMs)
  }

  /** Counts a conversation that failed, by Dapr's code. */
  recordError(errorCode: string): void {
    this.#errors.inc({ ...this.#labels, error_code: errorCode, category: 'conversation' })
  }
}
