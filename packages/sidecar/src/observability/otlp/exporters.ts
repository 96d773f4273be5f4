/** The exporters of a plan. Each is loaded when it is needed: three protocols of which a sidecar speaks one. */
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import { Connections } from './connections.ts'
import type { Collector, Destinations } from './plan.ts'

/** Exports that may wait for the collector at the same time; what comes beyond them is lost. */
const CONCURRENCY = 4

/** Is told how each export went. */
export type ReportExport = (failure: Error | undefined) => void

/** Exporters that can be given up. */
export interface Exporters<E> {
  readonly list: readonly E[]
  /** Closes the connections on which a collector is still awaited: what is not sent by then is lost. */
  abandon(): void
}

/** The exporters for spans. */
export async function spanExporters(
  { collector, stdout }: Destinations,
  report: ReportExport,
): Promise<Exporters<SpanExporter>> {
  const list: SpanExporter[] = []
  let abandon = () => {}
  if (collector) {
    const connections = new Connections()
    const exporter = await spanExporter(collector, connections)
    abandon = watch<ReadableSpan[]>(exporter, connections, report)
    list.push(exporter)
  }
  if (stdout) {
    const { ConsoleSpanExporter } = await import('@opentelemetry/sdk-trace')
    list.push(new ConsoleSpanExporter())
  }
  return { list, abandon }
}

/** The exporters for figures. */
export async function metricExporters(
  { collector, stdout }: Destinations,
  report: ReportExport,
): Promise<Exporters<PushMetricExporter>> {
  const list: PushMetricExporter[] = []
  let abandon = () => {}
  if (collector) {
    const connections = new Connections()
    const exporter = await metricExporter(collector, connections)
    abandon = watch<ResourceMetrics>(exporter, connections, report)
    list.push(exporter)
  }
  if (stdout) {
    const { ConsoleMetricExporter } = await import('@opentelemetry/sdk-metrics')
    list.push(new ConsoleMetricExporter())
  }
  return { list, abandon }
}

async function spanExporter(collector: Collector, connections: Connections): Promise<SpanExporter> {
  switch (collector.protocol) {
    case 'http/protobuf': {
      const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto')
      return new OTLPTraceExporter(httpOptions(collector, connections))
    }
    case 'http/json': {
      const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
      return new OTLPTraceExporter(httpOptions(collector, connections))
    }
    case 'grpc': {
      const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc')
      return new OTLPTraceExporter(await grpcOptions(collector))
    }
  }
}

async function metricExporter(collector: Collector, connections: Connections): Promise<PushMetricExporter> {
  switch (collector.protocol) {
    case 'http/protobuf': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto')
      return new OTLPMetricExporter(httpOptions(collector, connections))
    }
    case 'http/json': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http')
      return new OTLPMetricExporter(httpOptions(collector, connections))
    }
    case 'grpc': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-grpc')
      return new OTLPMetricExporter(await grpcOptions(collector))
    }
  }
}

function httpOptions(collector: Collector, connections: Connections) {
  return {
    ...commonOptions(collector),
    headers: { ...collector.headers },
    httpAgentOptions: (protocol: string) => connections.agent(protocol),
  }
}

async function grpcOptions(collector: Collector) {
  const { Metadata } = await import('@grpc/grpc-js')
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(collector.headers)) metadata.set(name, value)
  return { ...commonOptions(collector), metadata }
}

function commonOptions({ url, timeoutMs, compression }: Collector) {
  // The packages export the enumeration's type and not its values.
  return { url, timeoutMillis: timeoutMs, concurrencyLimit: CONCURRENCY, compression: compression as never }
}

/** What both kinds of exporter have in common. */
interface Exporter<T> {
  export(items: T, done: (result: ExportResult) => void): void
}

/** What came of an export. */
interface ExportResult {
  readonly code: number
  readonly error?: Error
}

/**
 * Makes an exporter tell how its exports went, because the SDK tells nobody. The result gives the exporter up: whoever
 * waits for an export learns that it failed, and waits no more.
 */
function watch<T>(exporter: Exporter<T>, connections: Connections, report: ReportExport): () => void {
  connections.own(exporter)
  const waiting = new Set<(result: ExportResult) => void>()
  const send = exporter.export.bind(exporter)
  exporter.export = (items, done) => {
    waiting.add(done)
    send(items, (result) => {
      if (!waiting.delete(done)) return
      report(result.code === 0 ? undefined : (result.error ?? new Error('the collector refused it')))
      done(result)
    })
  }
  return () => {
    const error = new Error('the collector did not answer before the sidecar ended')
    if (waiting.size > 0) report(error)
    for (const done of waiting) done({ code: 1, error })
    waiting.clear()
    connections.close()
  }
}
