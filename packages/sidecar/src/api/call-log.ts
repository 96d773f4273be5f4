/**
 * The log of API calls: one line for each, when it has ended and never with its content. Off unless an operator asks
 * for it, and then beside the path of a token.
 */
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from './context.ts'
import { endpointOfMethod, endpointOfRoute, isHealthRoute } from './endpoints.ts'
import { finalStatus } from './reply.ts'

/** Logs every call over HTTP that comes after. */
export function logHttpCalls(app: FastifyInstance, { configuration, logCall }: ApiContext): void {
  if (logCall === undefined) return
  const { obfuscateUrls, omitHealthChecks } = configuration
  app.addHook('onRequest', (request, reply, done) => {
    const { url: route } = request.routeOptions
    const [path = ''] = request.url.split('?')
    if (omitHealthChecks && isHealthRoute(route)) return done()
    // Comes whether the answer was sent or its caller left.
    reply.raw.once('close', () => {
      const size = Number(reply.getHeader('content-length') ?? Number.NaN)
      logCall({
        message: 'HTTP API Called',
        method: obfuscateUrls ? (endpointOfRoute(route)?.call ?? 'Unknown') : `${request.method} ${path}`,
        duration: Math.round(reply.elapsedTime),
        useragent: request.headers['user-agent'] ?? '',
        code: finalStatus(reply.raw),
        ...(Number.isInteger(size) && { size }),
      })
    })
    done()
  })
}

/** The part of a gRPC call that the log is about. */
export interface GrpcCall {
  readonly metadata: { get(name: string): readonly (string | Buffer)[] }
  getPath(): string
}

/** Begins one call over gRPC. The result ends it, with the call's status and, where it came whole, its size in bytes. */
export function logGrpcCall(
  { configuration, logCall }: ApiContext,
  call: GrpcCall,
): (code: number, size?: number) => void {
  if (logCall === undefined) return () => {}
  const startedAt = performance.now()
  return (code, size) =>
    logCall({
      message: 'gRPC API Called',
      method: configuration.obfuscateUrls ? endpointOfMethod(call.getPath()).call : call.getPath(),
      duration: Math.round(performance.now() - startedAt),
      useragent: call.metadata.get('user-agent')[0]?.toString() ?? '',
      code,
      ...(size !== undefined && { size }),
    })
}
