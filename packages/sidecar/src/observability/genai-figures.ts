/**
 * What OpenTelemetry's conventions for generative AI measure of one call that has ended. A sidecar is both ends: a client
 * of the provider, from the first time that it asks, and a server of its callers, from the request on. Prometheus
 * (`genai-metrics.ts`) and OTLP (`otlp/conversation-figures.ts`) show the same values, because they come from here.
 */
import type { CallRecord } from './call-record.ts'

/** Times in seconds; absent is what there was nothing of to measure. */
export interface GenAiFigures {
  /** Absent where the response cache answered. */
  readonly client: ClientFigures | undefined
  readonly server: ServerFigures
}

/** As a client of the provider. */
export interface ClientFigures {
  readonly duration: number
  readonly timeToFirstChunk: number | undefined
  /** The mean of the answer. */
  readonly timePerOutputChunk: number | undefined
}

/** As a server of the caller. */
export interface ServerFigures {
  readonly duration: number
  /** Of successful answers, as the next one. */
  readonly timeToFirstToken: number | undefined
  /** The mean of those after the first. */
  readonly timePerOutputToken: number | undefined
}

/** The figures of a call. */
export function genAiFigures(record: CallRecord): GenAiFigures {
  const { firstOutputMs, endMs } = record.times
  const first = record.state === 'succeeded' ? firstOutputMs : undefined
  const tokens = record.usage?.completionTokens ?? 0
  return {
    client: record.cached ? undefined : clientFigures(record),
    server: {
      duration: endMs / 1_000,
      timeToFirstToken: first === undefined ? undefined : first / 1_000,
      timePerOutputToken: first === undefined || tokens < 2 ? undefined : (endMs - first) / (tokens - 1) / 1_000,
    },
  }
}

function clientFigures({ times, chunks }: CallRecord): ClientFigures {
  const { askedMs = 0, firstOutputMs: first, lastOutputMs: last, endMs } = times
  return {
    duration: (endMs - askedMs) / 1_000,
    timeToFirstChunk: first === undefined ? undefined : (first - askedMs) / 1_000,
    timePerOutputChunk:
      first === undefined || last === undefined || chunks < 2 ? undefined : (last - first) / (chunks - 1) / 1_000,
  }
}
