/**
 * The trace of each API call: a span of its own where traces are recorded, and else the trace context that the caller
 * sent. Begun when the request comes, found again by whoever asks the component; callers get it back in either case.
 */
import type { IncomingMessage } from 'node:http'
import type { TraceContext } from '@dapr-chat/protocol'
import { Metadata, type ServerUnaryCall } from '@grpc/grpc-js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiSpan } from '../observability/otlp/api-tracing.ts'
import { grpcBaggage, isBaggage } from './baggage.ts'
import type { ApiContext } from './context.ts'
import { endpointOfRoute, isConsoleRoute, isHealthRoute } from './endpoints.ts'
import { finalStatus } from './reply.ts'
import { readTrace, readTraceBinary, writeTraceBinary } from './trace.ts'

/** A call over gRPC, as far as its trace is concerned. */
export type TracedGrpcCall = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getPath' | 'sendMetadata'>

/** By Node's request, or by the call of gRPC. */
const traces = new WeakMap<object, TraceContext>()

/** Where a call stands in its trace; `undefined` where nobody has begun one. */
export function traceOf(call: IncomingMessage | TracedGrpcCall): TraceContext | undefined {
  return traces.get(call)
}

/** A request has come over HTTP. */
export function beginHttpTrace(context: ApiContext, request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request
  const sent = readTrace(header(raw, 'traceparent'), header(raw, 'tracestate'))
  const span = beginHttpSpan(context, request, sent)
  if (span) reply.raw.once('close', () => span.end(finalStatus(reply.raw)))
  const trace = span?.trace ?? sent
  if (trace === undefined) return
  traces.set(raw, trace)
  // Straight to Node's response: a stream takes that over, with the headers it has by then.
  reply.raw.setHeader('traceparent', trace.traceparent)
  if (trace.tracestate !== undefined) reply.raw.setHeader('tracestate', trace.tracestate)
}

/** As in daprd, health is not traced; nor is the console, which looks at what is. */
function beginHttpSpan(
  { tracing }: ApiContext,
  { method, headers, url, routeOptions: { url: route } }: FastifyRequest,
  parent: TraceContext | undefined,
): ApiSpan | undefined {
  if (!tracing || !endpointOfRoute(route) || isHealthRoute(route) || isConsoleRoute(route)) return undefined
  // Without what follows the path: it tells nothing of the API's, and may hold what is none of a collector's business.
  const [path = '/'] = url.split('?', 1)
  return tracing.begin({
    name: path,
    protocol: 'http',
    api: `${method} ${path}`,
    parent,
    attributes: () => ({
      ...daprHeaders(Object.entries(headers)),
      'http.request.method': method,
      ...(route !== undefined && { 'http.route': route }),
      'url.full': `http://${headers.host ?? ''}${path}`,
      ...(headers['user-agent'] !== undefined && { 'user_agent.original': headers['user-agent'] }),
    }),
  })
}

/** A call has come over gRPC. The result ends its span, with the status of the answer. */
export function beginGrpcTrace({ tracing }: ApiContext, call: TracedGrpcCall): (code: number) => void {
  const { metadata } = call
  const sent = grpcTrace(metadata)
  const path = call.getPath()
  const span = tracing?.begin({
    name: path,
    protocol: 'grpc',
    api: path,
    parent: sent,
    attributes: () => {
      const [, service = '', method = ''] = path.split('/')
      return {
        ...daprHeaders(Object.entries(metadata.getMap())),
        'rpc.system': 'grpc',
        'rpc.service': service,
        'rpc.method': method,
      }
    },
  })
  const trace = span?.trace ?? sent
  const baggage = grpcBaggage(metadata)
  const headers = new Metadata()
  if (trace) {
    traces.set(call, trace)
    headers.set('grpc-trace-bin', writeTraceBinary(trace))
    headers.set('traceparent', trace.traceparent)
    if (trace.tracestate !== undefined) headers.set('tracestate', trace.tracestate)
  }
  if (baggage !== undefined && isBaggage(baggage)) headers.set('baggage', baggage)
  if (Object.keys(headers.getMap()).length > 0) call.sendMetadata(headers)
  return (code) => span?.end(code)
}

/** Dapr's callers send the binary form first, and the text beside it or not at all. */
function grpcTrace(metadata: Metadata): TraceContext | undefined {
  const [binary] = metadata.get('grpc-trace-bin')
  const first = (name: string) => metadata.get(name)[0]?.toString()
  return (
    (binary instanceof Buffer ? readTraceBinary(binary) : undefined) ??
    readTrace(first('traceparent'), first('tracestate'))
  )
}

/** Dapr's own headers stand on the span, as in daprd; the token, which daprd may show, never does. */
function daprHeaders(headers: readonly (readonly [string, unknown])[]): Record<string, string> {
  return Object.fromEntries(
    headers.flatMap(([name, value]): [string, string][] =>
      name.startsWith('dapr-') && name !== 'dapr-api-token' && typeof value === 'string' ? [[name, value]] : [],
    ),
  )
}

function header(incoming: IncomingMessage, name: string): string | undefined {
  const value = incoming.headers[name]
  return Array.isArray(value) ? value[0] : value
}
