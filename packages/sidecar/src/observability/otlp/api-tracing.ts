/**
 * Spans of the API calls themselves, by the names and attributes of daprd (its `pkg/diagnostics`), with one difference:
 * their kind is SERVER, which is what they are. The APIs begin and end them.
 */
import type { TraceContext } from '@dapr-chat/protocol'
import { type Attributes, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { parentContext, writeTraceContext } from './trace-context.ts'

/** A call of an API, as its span shows it. */
export interface ApiCall {
  /** The path over HTTP, the full method over gRPC. */
  readonly name: string
  readonly protocol: 'http' | 'grpc'
  /** Over HTTP the method before the path. */
  readonly api: string
  /** Where the caller stands in its own trace; without it a trace begins. */
  readonly parent: TraceContext | undefined
  /** Further attributes, asked for only where the span is recorded. */
  attributes(): Attributes
}

/** The span of a call of an API. */
export interface ApiSpan {
  /** What the caller gets back and what the conversation goes on with. */
  readonly trace: TraceContext
  /**
   * The answer is out.
   * @param status the HTTP status or the gRPC code.
   */
  end(status: number): void
}

/** Begins the spans. */
export class ApiTracing {
  readonly #tracer: Tracer

  constructor(tracer: Tracer) {
    this.#tracer = tracer
  }

  /** A call has come. */
  begin({ name, protocol, api, parent, attributes }: ApiCall): ApiSpan {
    const startTime = Date.now()
    const start = performance.now()
    const options = {
      kind: SpanKind.SERVER,
      startTime,
      attributes: { 'dapr.api': api, 'dapr.protocol': protocol },
    }
    const span = this.#tracer.startSpan(name, options, parentContext(parent, true))
    if (span.isRecording()) span.setAttributes(attributes())
    return {
      trace: writeTraceContext(span.spanContext()),
      end(status) {
        // Both as in daprd: a text, and every refusal an error.
        span.setAttribute('dapr.status_code', String(status))
        if (protocol === 'http') span.setAttribute('http.response.status_code', status)
        else span.setAttribute('rpc.grpc.status_code', status)
        if (protocol === 'http' ? status >= 400 : status !== 0) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end(startTime + (performance.now() - start))
      },
    }
  }
}
