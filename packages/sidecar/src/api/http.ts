/** All HTTP APIs as one Fastify application, and what holds for every request: the guard, limits, unknown routes. */
import { ConversationError, errorRow } from '@dapr-chat/protocol'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { isApiOpen } from '../configuration/configuration.ts'
import { registerAdminHttp } from './admin/http.ts'
import { logHttpCalls } from './call-log.ts'
import type { ApiContext } from './context.ts'
import { registerConversationsHttp } from './conversations/http.ts'
import { createCors } from './cors.ts'
import { registerDaprHttp, sendDaprError } from './dapr/http.ts'
import { endpointOfRoute, isHealthRoute } from './endpoints.ts'
import { createGuard } from './guard.ts'
import { httpTrace } from './http-call.ts'
import { registerOpenAiHttp, sendChatError } from './openai/http.ts'
import { sendText } from './reply.ts'

/** Makes the application; it listens to nothing yet. */
export function createHttpApi(context: ApiContext): FastifyInstance {
  const { settings } = context
  const app = fastify({
    bodyLimit: settings.maxBodyBytes,
    // Dapr cleans paths before it routes them.
    routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true, maxParamLength: 1_000 },
    exposeHeadRoutes: false,
    frameworkErrors: (_error, _request, reply) => void sendText(reply, 400, 'bad escape in the path'),
  })
  // Dapr looks at no content type: every body is bytes until a route reads it.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const cors = createCors(settings.allowedOrigins)
  const guard = createGuard(settings)
  app.addHook('onRequest', (request, reply, done) => {
    // Nor is one refused that is nonsense: the framework would parse it before it looks for a parser.
    delete request.headers['content-type']
    returnTrace(request, reply)
    if (cors(request, reply) || guard(request, reply)) return
    if (isClosed(context, request)) sendError(request, reply, unknownRoute(request))
    else done()
  })
  logHttpCalls(app, context)
  app.setNotFoundHandler((request, reply) => sendError(request, reply, unknownRoute(request)))
  app.setErrorHandler((error: FastifyError, request, reply) =>
    sendError(request, reply, frameworkError(error, context)),
  )
  registerDaprHttp(app, context)
  registerOpenAiHttp(app, context)
  registerConversationsHttp(app, context)
  registerAdminHttp(app, context)
  return app
}

/** Whether the Configuration closes the route. One that is closed answers as one that does not exist. */
function isClosed({ configuration }: ApiContext, request: FastifyRequest): boolean {
  const { url: route } = request.routeOptions
  return !isHealthRoute(route) && !isApiOpen(configuration, endpointOfRoute(route)?.api, 'http')
}

/** Callers get the trace context of their call back, whatever becomes of it. */
function returnTrace(request: FastifyRequest, reply: FastifyReply): void {
  const trace = httpTrace(request.raw)
  if (trace === undefined) return
  // Straight to Node's response: a stream takes that over, with the headers it has by then.
  reply.raw.setHeader('traceparent', trace.traceparent)
  if (trace.tracestate !== undefined) reply.raw.setHeader('tracestate', trace.tracestate)
}

function sendError(request: FastifyRequest, reply: FastifyReply, error: ConversationError): FastifyReply {
  return request.url.startsWith('/v1/') ? sendChatError(reply, error) : sendDaprError(reply, error)
}

/** daprd takes an unknown route for an invocation of another app, hence the words on its routes. There is never a 405. */
function unknownRoute({ method, url }: FastifyRequest): ConversationError {
  const message = url.startsWith('/v1/')
    ? `Cannot serve ${method} ${url}: the routes are POST /v1/chat/completions and GET /v1/models`
    : 'failed getting app id either from the URL path or the header dapr-app-id'
  return new ConversationError('not_found', message)
}

function frameworkError(error: FastifyError, context: ApiContext): ConversationError {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new ConversationError('body_too_large', 'failed to read request body: stream too large')
  }
  const status = error.statusCode ?? 500
  if (status < errorRow('internal').http) return new ConversationError('malformed_request', error.message)
  context.reportInternal(error)
  return ConversationError.from(error)
}
