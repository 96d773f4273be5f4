/**
 * Figures of the APIs, by the names and labels of daprd (its `pkg/diagnostics/http_monitoring.go`, `grpc_monitoring.go` and
 * `errorcode_monitoring.go`). One of the groups of figures in `metrics.ts`.
 */
import type { CounterFigure, HistogramFigure, Instruments, Labels } from './instruments.ts'

/** daprd's bounds for lengths, from 1 KiB to 4 GiB in bytes. */
const SIZE_BUCKETS = [0, 1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22].map((power) => 1_024 * 2 ** power)

/** The names of gRPC's codes by their numbers, in Go's spelling, which daprd's labels have. */
const GRPC_STATUS = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
]

/** Which figures an operator wants. */
export interface ApiFigures {
  /** Whether answers over HTTP are counted beside requests. */
  readonly httpResponses: boolean
  /** Whether failures are counted by Dapr's codes. */
  readonly errorCodes: boolean
}

/** One call over HTTP that has ended. */
export interface HttpFigures {
  /** Empty for no such label. */
  readonly method: string
  /** From a bounded set, because every path makes its own series; empty for no such label. */
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
  readonly #httpRequests: CounterFigure
  readonly #httpResponses: CounterFigure | undefined
  readonly #httpLatency: HistogramFigure
  readonly #httpRequestBytes: HistogramFigure
  readonly #httpResponseBytes: HistogramFigure
  readonly #grpcCompleted: CounterFigure
  readonly #grpcLatency: HistogramFigure
  readonly #errors: CounterFigure | undefined

  /**
   * @param labels those that every figure of the sidecar has.
   * @param figures which of them there are.
   */
  constructor(instruments: Instruments, labels: Labels, figures: ApiFigures) {
    this.#labels = labels
    const common = ['app_id', 'namespace']
    const http = [...common, 'method', 'path', 'status']
    const grpc = [...common, 'grpc_server_method', 'grpc_server_status']
    this.#httpRequests = instruments.counter(
      'dapr_http_server_request_count',
      'The number of requests over HTTP.',
      http,
    )
    this.#httpResponses = figures.httpResponses
      ? instruments.counter('dapr_http_server_response_count', 'The number of answers over HTTP.', http)
      : undefined
    this.#httpLatency = instruments.histogram(
      'dapr_http_server_latency',
      'From a request over HTTP to the end of its answer, in milliseconds.',
      http,
      instruments.latencyBuckets,
    )
    this.#httpRequestBytes = instruments.histogram(
      'dapr_http_server_request_bytes',
      'The length of the bodies of requests over HTTP, in bytes.',
      common,
      SIZE_BUCKETS,
    )
    this.#httpResponseBytes = instruments.histogram(
      'dapr_http_server_response_bytes',
      'The length of the bodies of answers over HTTP, in bytes; without streams.',
      common,
      SIZE_BUCKETS,
    )
    this.#grpcCompleted = instruments.counter(
      'dapr_grpc_io_server_completed_rpcs',
      'The number of calls over gRPC.',
      grpc,
    )
    this.#grpcLatency = instruments.histogram(
      'dapr_grpc_io_server_server_latency',
      'From a call over gRPC to the end of its answer, in milliseconds.',
      grpc,
      instruments.latencyBuckets,
    )
    this.#errors = figures.errorCodes
      ? instruments.counter('dapr_error_code_total', "The number of failed conversations, by Dapr's codes.", [
          ...common,
          'error_code',
          'category',
        ])
      : undefined
  }

  /** Counts a call over HTTP. */
  recordHttp({ method, path, status, durationMs, requestBytes, responseBytes }: HttpFigures): void {
    const labels = {
      ...this.#labels,
      ...(method !== '' && { method }),
      ...(path !== '' && { path }),
      status: String(status),
    }
    this.#httpRequests.inc(labels)
    this.#httpResponses?.inc(labels)
    this.#httpLatency.observe(labels, durationMs)
    if (requestBytes !== undefined) this.#httpRequestBytes.observe(this.#labels, requestBytes)
    if (responseBytes !== undefined) this.#httpResponseBytes.observe(this.#labels, responseBytes)
  }

  /**
   * Counts a call over gRPC.
   * @param method `/SERVICE/METHOD`, from a bounded set.
   * @param code the number of the status.
   */
  recordGrpc(method: string, code: number, durationMs: number): void {
    const status = GRPC_STATUS[code] ?? `Code(${code})`
    const labels = { ...this.#labels, grpc_server_method: method, grpc_server_status: status }
    this.#grpcCompleted.inc(labels)
    this.#grpcLatency.observe(labels, durationMs)
  }

  /** Counts a conversation that failed, by Dapr's code. */
  recordError(errorCode: string): void {
    this.#errors?.inc({ ...this.#labels, error_code: errorCode, category: 'conversation' })
  }
}
