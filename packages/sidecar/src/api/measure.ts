/** Counts and times the calls of all APIs, conversations or not, for the metrics. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { HttpLabels } from '../configuration/metrics.ts'
import { matchingPattern } from '../configuration/path-pattern.ts'
import type { ApiMetrics } from '../observability/api-metrics.ts'
import type { GrpcCall } from './call-log.ts'
import type { ApiContext } from './context.ts'
import { finalStatus } from './reply.ts'

/** The path of requests that no route takes. */
const NO_ROUTE = 'unmatched'

/** The methods that are a label, as for daprd; the others are one together. */
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'PUT',
  'POST',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'CONNECT',
  'TRACE',
])

/** Measures every call over HTTP that comes after. */
export function measureHttpCalls(app: FastifyInstance, { metrics, components, configuration }: ApiContext): void {
  const { excludeVerbs, ...paths } = configuration.httpLabels
  const isComponent = (name: string) => components.has(name)
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = reply
    // Comes whether the answer was sent or its caller left.
    raw.once('close', () =>
      metrics.api.recordHttp({
        method: excludeVerbs ? '' : METHODS.has(request.method) ? request.method : 'UNKNOWN',
        path: pathLabel(request, paths, isComponent),
        status: finalStatus(raw),
        durationMs: reply.elapsedTime,
        requestBytes: lengthOf(request.headers['content-length']),
        responseBytes: lengthOf(reply.getHeader('content-length')),
      }),
    )
    done()
  })
}

/** Begins one call over gRPC. The result ends it, with the call's status. */
export function measureGrpcCall(metrics: ApiMetrics, call: Pick<GrpcCall, 'getPath'>): (code: number) => void {
  const startedAt = performance.now()
  return (code) => metrics.recordGrpc(call.getPath(), code, performance.now() - startedAt)
}

/** A call over gRPC of a method that there is none of, or with a message that is none. */
export function measureRefusedGrpcCall(metrics: ApiMetrics, method: string | undefined, code: number): void {
  metrics.recordGrpc(method ?? NO_ROUTE, code, 0)
}

/** The pattern that the operator has for the path, or else the path as far as it is to be a label. */
function pathLabel(
  request: FastifyRequest,
  { pathMatching, increasedCardinality }: Pick<HttpLabels, 'pathMatching' | 'increasedCardinality'>,
  isComponent: (name: string) => boolean,
): string {
  const [path = ''] = request.url.split('?', 1)
  const pattern = matchingPattern(pathMatching, path)
  if (pattern) return pattern.text
  return increasedCardinality ? pathOf(request, isComponent) : ''
}

/** The route, with the name of its component where there is one of that name: callers cannot make up series. */
function pathOf(
  { routeOptions: { url: route = NO_ROUTE }, params }: FastifyRequest,
  isComponent: (name: string) => boolean,
) {
  const { name } = params as { readonly name?: string }
  return name !== undefined && isComponent(name) ? route.replace(':name', () => name) : route
}

function lengthOf(header: unknown): number | undefined {
  const length = Number(header ?? Number.NaN)
  return Number.isInteger(length) ? length : undefined
}
