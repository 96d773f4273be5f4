/** Counts and times the calls of all APIs, conversations or not, for the metrics. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ApiMetrics } from '../observability/api-metrics.ts'
import type { GrpcCall } from './call-log.ts'
import type { ApiContext } from './context.ts'
import { finalStatus } from './reply.ts'

/** The path of requests that no route takes. */
const NO_ROUTE = 'unmatched'

/** Measures every call over HTTP that comes after. */
export function measureHttpCalls(app: FastifyInstance, { metrics, components }: ApiContext): void {
  const isComponent = (name: string) => components.list().some((component) => component.name === name)
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = reply
    // Comes whether the answer was sent or its caller left.
    raw.once('close', () =>
      metrics.api.recordHttp({
        method: request.method,
        path: pathOf(request, isComponent),
        status: finalStatus(raw),
        durationMs: reply.elapsedTime,
        requestBytes: lengthOf(request.headers['content-length']),
        responseBytes: lengthOf(raw.getHeader('content-length')),
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
