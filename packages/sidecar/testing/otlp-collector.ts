/**
 * A collector for tests: it takes OTLP over HTTP, as protobuf and as JSON, and over gRPC, on a free port of 127.0.0.1,
 * and keeps what it was sent in one shape.
 */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, ServerCredentials, type ServiceDefinition, type UntypedHandleCall } from '@grpc/grpc-js'
import { decode, otlpRequests } from './otlp-messages.ts'

type Values = Readonly<Record<string, unknown>>

/** A span as it arrived. */
export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  /** Empty for the first one of a trace. */
  readonly parentSpanId: string
  readonly name: string
  /** As in OTLP: 1 internal, 2 server, 3 client. */
  readonly kind: number
  /** In milliseconds since 1970, as the next one. */
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Values
  readonly events: readonly { readonly name: string; readonly attributes: Values }[]
  /** 2 is an error. */
  readonly status: { readonly code: number; readonly message: string }
  readonly resource: Values
}

/** One series of a metric as it arrived. */
export interface ReceivedPoint {
  readonly name: string
  readonly unit: string
  readonly attributes: Values
  /** The sum of what was recorded, or the value of a counter. */
  readonly sum: number
  /** How many values a histogram has; absent for a counter. */
  readonly count?: number
  readonly bounds?: readonly number[]
}

/** A running collector. */
export interface OtlpCollector extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  /** Of the last report of each kind. */
  readonly points: readonly ReceivedPoint[]
  /** Everything that arrived, as JSON. */
  readonly text: string
  /** The headers of every request. */
  readonly headers: readonly IncomingHttpHeaders[]
  /** The paths of the requests, with their content types. */
  readonly requests: readonly string[]
}

type Signal = 'traces' | 'metrics'

class Received {
  readonly messages: { readonly signal: Signal; readonly body: unknown }[] = []

  add(signal: Signal, body: unknown): void {
    this.messages.push({ signal, body })
  }

  get spans(): ReceivedSpan[] {
    return this.#of('traces').flatMap((body) =>
      list(body, 'resourceSpans').flatMap((group) =>
        list(group, 'scopeSpans').flatMap((scope) => list(scope, 'spans').map((span) => readSpan(span, group))),
      ),
    )
  }

  get points(): ReceivedPoint[] {
    return this.#of('metrics')
      .slice(-1)
      .flatMap((body) => list(body, 'resourceMetrics'))
      .flatMap((group) => list(group, 'scopeMetrics'))
      .flatMap((scope) => list(scope, 'metrics'))
      .flatMap(readPoints)
  }

  #of(wanted: Signal): unknown[] {
    return this.messages.flatMap(({ signal, body }) => (signal === wanted ? [body] : []))
  }
}

/** Starts a collector that takes HTTP. */
export async function otlpCollector(): Promise<OtlpCollector> {
  const received = new Received()
  const headers: IncomingHttpHeaders[] = []
  const requests: string[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const bytes = Buffer.concat(parts)
    const signal = request.url?.endsWith('/metrics') ? 'metrics' : 'traces'
    const type = request.headers['content-type'] ?? ''
    headers.push(request.headers)
    requests.push(`${request.url} ${type}`)
    received.add(signal, type.includes('json') ? JSON.parse(bytes.toString()) : decode(otlpRequests[signal], bytes))
    response.writeHead(200, { 'content-type': type }).end(type.includes('json') ? '{}' : '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return collectorOf(received, headers, requests, (server.address() as AddressInfo).port, async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
}

/** Starts a collector that takes gRPC. */
export async function otlpGrpcCollector(): Promise<OtlpCollector> {
  const received = new Received()
  const requests: string[] = []
  const headers: IncomingHttpHeaders[] = []
  const server = new Server()
  for (const signal of ['traces', 'metrics'] as const) {
    const service = signal === 'traces' ? 'trace.v1.TraceService' : 'metrics.v1.MetricsService'
    const path = `/opentelemetry.proto.collector.${service}/Export`
    const definition: ServiceDefinition = {
      export: {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: (bytes: Buffer) => bytes,
        requestDeserialize: (bytes) => bytes,
        responseSerialize: (bytes: Buffer) => bytes,
        responseDeserialize: (bytes) => bytes,
      },
    }
    const take: UntypedHandleCall = (
      call: { request: Buffer; metadata: { getMap(): object } },
      answer: (error: null, bytes: Buffer) => void,
    ) => {
      requests.push(path)
      headers.push({ ...call.metadata.getMap() })
      received.add(signal, decode(otlpRequests[signal], call.request))
      answer(null, Buffer.alloc(0))
    }
    server.addService(definition, { export: take })
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return collectorOf(received, headers, requests, port, async () => server.forceShutdown())
}

function collectorOf(
  received: Received,
  headers: readonly IncomingHttpHeaders[],
  requests: readonly string[],
  port: number,
  close: () => Promise<void>,
): OtlpCollector {
  return {
    url: `http://127.0.0.1:${port}`,
    headers,
    requests,
    get spans() {
      return received.spans
    },
    get points() {
      return received.points
    },
    get text() {
      return JSON.stringify(received.messages)
    },
    [Symbol.asyncDispose]: close,
  }
}

function readSpan(span: unknown, group: unknown): ReceivedSpan {
  const text = (name: string) => String(member(span, name) ?? '')
  const ms = (name: string) => Number(BigInt(text(name)) / 1_000n) / 1_000
  return {
    traceId: text('traceId'),
    spanId: text('spanId'),
    parentSpanId: text('parentSpanId'),
    name: text('name'),
    kind: Number(member(span, 'kind') ?? 0),
    startMs: ms('startTimeUnixNano'),
    endMs: ms('endTimeUnixNano'),
    attributes: readAttributes(span),
    events: list(span, 'events').map((event) => ({
      name: String(member(event, 'name') ?? ''),
      attributes: readAttributes(event),
    })),
    status: {
      code: Number(member(member(span, 'status'), 'code') ?? 0),
      message: String(member(member(span, 'status'), 'message') ?? ''),
    },
    resource: readAttributes(member(group, 'resource')),
  }
}

function readPoints(metric: unknown): ReceivedPoint[] {
  const name = String(member(metric, 'name'))
  const unit = String(member(metric, 'unit') ?? '')
  const sums = list(member(metric, 'sum'), 'dataPoints').map((point) => ({
    name,
    unit,
    attributes: readAttributes(point),
    sum: Number(member(point, 'asInt') ?? member(point, 'asDouble') ?? 0),
  }))
  const histograms = list(member(metric, 'histogram'), 'dataPoints').map((point) => ({
    name,
    unit,
    attributes: readAttributes(point),
    sum: Number(member(point, 'sum') ?? 0),
    count: Number(member(point, 'count') ?? 0),
    bounds: list(point, 'explicitBounds').map(Number),
  }))
  return [...sums, ...histograms]
}

function readAttributes(owner: unknown): Values {
  return Object.fromEntries(
    list(owner, 'attributes').map((attribute) => [
      String(member(attribute, 'key')),
      readValue(member(attribute, 'value')),
    ]),
  )
}

/** Exactly one member is there; JSON may have whole numbers as text. */
function readValue(value: unknown): unknown {
  const array = member(value, 'arrayValue')
  if (array !== undefined) return list(array, 'values').map(readValue)
  const whole = member(value, 'intValue')
  return whole === undefined ? Object.values(value as Values)[0] : Number(whole)
}

function member(owner: unknown, name: string): unknown {
  return (owner as Values | undefined)?.[name]
}

function list(owner: unknown, name: string): unknown[] {
  return (member(owner, name) as unknown[] | undefined) ?? []
}
