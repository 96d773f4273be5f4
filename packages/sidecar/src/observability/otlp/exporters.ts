/** The exporters of a plan. Each is loaded when it is needed: three protocols of which a sidecar speaks one. */
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import type { Collector, Destinations } from './plan.ts'

/** Exports that may wait for the collector at the same time; what comes beyond them is lost. */
const CONCURRENCY = 4

/** Is told how each export went. */
export type ReportExport = (failure: Error | undefined) => void

/** The exporters for spans. */
export async function spanExporters(
  { collector, stdout }: Destinations,
  report: ReportExport,
): Promise<SpanExporter[]> {
  const exporters: SpanExporter[] = []
  if (collector) exporters.push(watched<ReadableSpan[], SpanExporter>(await spanExporter(collector), report))
  if (stdout) {
    const { ConsoleSpanExporter } = await import('@opentelemetry/sdk-trace')
    exporters.push(new ConsoleSpanExporter())
  }
  return exporters
}

/** The exporters for figures. */
export async function metricExporters(
  { collector, stdout }: Destinations,
  report: ReportExport,
): Promise<PushMetricExporter[]> {
  const exporters: PushMetricExporter[] = []
  if (collector) exporters.push(watched<ResourceMetrics, PushMetricExporter>(await metricExporter(collector), report))
  if (stdout) {
    const { ConsoleMetricExporter } = await import('@opentelemetry/sdk-metrics')
    exporters.push(new ConsoleMetricExporter())
  }
  return exporters
}

async function spanExporter(collector: Collector): Promise<SpanExporter> {
  switch (collector.protocol) {
    case 'http/protobuf': {
      const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto')
      return new OTLPTraceExporter(httpOptions(collector))
    }
    case 'http/json': {
      const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
      return new OTLPTraceExporter(httpOptions(collector))
    }
    case 'grpc': {
      const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc')
      return new OTLPTraceExporter(await grpcOptions(collector))
    }
  }
}

async function metricExporter(collector: Collector): Promise<PushMetricExporter> {
  switch (collector.protocol) {
    case 'http/protobuf': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto')
      return new OTLPMetricExporter(httpOptions(collector))
    }
    case 'http/json': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http')
      return new OTLPMetricExporter(httpOptions(collector))
    }
    case 'grpc': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-grpc')
      return new OTLPMetricExporter(await grpcOptions(collector))
    }
  }
}

function httpOptions(collector: Collector) {
  return { ...commonOptions(collector), headers: { ...collector.headers } }
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
  export(items: T, done: (result: { code: number; error?: Error }) => void): void
}

/** The same exporter, which tells how its exports went: the SDK tells nobody. */
function watched<T, E extends Exporter<T>>(exporter: E & Exporter<T>, report: ReportExport): E {
  const send = exporter.export.bind(exporter)
  exporter.export = (items, done) =>
    send(items, (result) => {
      report(result.code === 0 ? undefined : (result.error ?? new Error('the collector refused it')))
      done(result)
    })
  return exporter
}
