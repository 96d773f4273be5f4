/**
 * OpenTelemetry's SDK at work. The composition root loads this file only where there is a plan, because the SDK comes
 * with it. Nothing here is global: each sidecar of a process has its own.
 */
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { VERSION } from '../../version.ts'
import type { CallSink } from '../call-book.ts'
import { ApiTracing } from './api-tracing.ts'
import { ConversationFigures } from './conversation-figures.ts'
import { ConversationSpans } from './conversation-spans.ts'
import { metricExporters, type ReportExport, spanExporters } from './exporters.ts'
import type { TelemetryPlan } from './plan.ts'

const SCOPE = 'dapr-chat'

/** Spans that wait for the next batch; what comes beyond them is lost. */
const MAX_QUEUED_SPANS = 2_048

/** Telemetry that is sent. */
export interface Telemetry {
  /** Begins the spans of API calls; absent where no traces are sent. */
  readonly api: ApiTracing | undefined
  /** The spans of conversations; absent likewise. */
  readonly conversations: ConversationSpans | undefined
  /** To be added to the call book. */
  readonly sinks: readonly CallSink[]
  /** Sends what has not been sent, for no longer than a few seconds, and ends. */
  close(): Promise<void>
}

/** Who is told about collectors. */
export interface TelemetryReport {
  info(message: string): void
  warn(message: string): void
}

/** Somebody who sends, and the way to end that at once. */
interface Abandonable<P> {
  readonly provider: P
  abandon(): void
}

/** Starts sending what the plan says. Connects to nothing before there is something to send. */
export async function startTelemetry(plan: TelemetryPlan, report: TelemetryReport): Promise<Telemetry> {
  const resource = defaultResource().merge(resourceFromAttributes(plan.resource))
  const traces = await startTraces(plan, resource, report)
  const metrics = await startMetrics(plan, resource, report)
  const tracer = traces?.provider.getTracer(SCOPE, VERSION)
  const conversations = tracer && new ConversationSpans(tracer, plan)
  const figures = metrics && new ConversationFigures(metrics.provider.getMeter(SCOPE, VERSION), plan.names)
  return {
    api: tracer && new ApiTracing(tracer),
    conversations,
    sinks: [conversations, figures].filter((sink) => sink !== undefined),
    async close() {
      const { promise: tooLong, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, plan.flushMs)
      await Promise.race([Promise.allSettled([traces?.provider.shutdown(), metrics?.provider.shutdown()]), tooLong])
      clearTimeout(timer)
      traces?.abandon()
      metrics?.abandon()
    },
  }
}

async function startTraces(
  { traces }: TelemetryPlan,
  resource: Resource,
  report: TelemetryReport,
): Promise<Abandonable<TracerProvider> | undefined> {
  if (!traces) return undefined
  const { ratio, parentBased } = traces.sampling
  const root = new TraceIdRatioBasedSampler(ratio)
  const { list, abandon } = await spanExporters(traces, exportReport('traces', traces.collector?.url, report))
  const provider = new TracerProvider({
    resource,
    sampler: parentBased ? new ParentBasedSampler({ root }) : root,
    spanProcessors: list.map((exporter) => new BatchSpanProcessor({ exporter, maxQueueSize: MAX_QUEUED_SPANS })),
  })
  return { provider, abandon }
}

async function startMetrics(
  { metrics }: TelemetryPlan,
  resource: Resource,
  report: TelemetryReport,
): Promise<Abandonable<MeterProvider> | undefined> {
  if (!metrics) return undefined
  const { intervalMs } = metrics
  const { list, abandon } = await metricExporters(metrics, exportReport('metrics', metrics.collector?.url, report))
  const exportTimeoutMillis = Math.min(intervalMs, 30_000)
  const provider = new MeterProvider({
    resource,
    readers: list.map(
      (exporter) =>
        new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: intervalMs, exportTimeoutMillis }),
    ),
  })
  return { provider, abandon }
}

/** Tells when a collector fails and when it is back, once each, and never every batch that is lost meanwhile. */
function exportReport(signal: string, url: string | undefined, report: TelemetryReport): ReportExport {
  let failing = false
  return (failure) => {
    if (failure && !failing) {
      report.warn(
        `The ${signal} cannot be sent to ${url}: ${reasonOf(failure)}; conversations go on, and this is told once`,
      )
    } else if (!failure && failing) report.info(`The ${signal} are sent to ${url} again`)
    failing = failure !== undefined
  }
}

/** A connection that was tried at several addresses fails with a list, which has a code and no words. */
function reasonOf(failure: Error): string {
  return failure.message || ('code' in failure ? String(failure.code) : failure.name)
}
