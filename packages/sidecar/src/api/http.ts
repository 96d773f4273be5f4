/** All HTTP APIs as one Fastify application, and what holds for every request: the guard, limits, unknown routes. */
import { ConversationError, errorRow } from '@dapr-chat/protocol'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { isApiOpen } from '../configuration/configuration.ts'
import { MAX_CONTEXT_ID_BYTES } from '../store/conversation-store.ts'
import { registerAdminHttp } from './admin/http.ts'
import { INVALID_BAGGAGE, refuseBaggage } from './baggage.ts'
import { logHttpCalls } from './call-log.ts'
import { beginHttpTrace } from './call-trace.ts'
import { guardAnswer, registerConsole } from './console/http.ts'
import { ConsoleSessions } from './console/sessions.ts'
import type { ApiContext } from './context.ts'
import { registerConversationsHttp } from './conversations/http.ts'
import { createCors } from './cors.ts'
import { registerDaprHttp, sendDaprError } from './dapr/http.ts'
import { endpointOfRoute, isConsoleRoute, isHealthRoute } from './endpoints.ts'
import { createGuard } from './guard.ts'
import { failureOverHttp } from './http-call.ts'
import { measureHttpCalls } from './measure.ts'
import { registerMetricsHttp } from './metrics.ts'
import { registerOpenAiHttp, sendChatError } from './openai/http.ts'
import { parameterAfter, withoutDots } from './path.ts'
import { sendText } from './reply.ts'

/** The longest part of a path, in characters: any context id that is remembered, with every byte escaped. */
const MAX_PARAM_LENGTH = 3 * MAX_CONTEXT_ID_BYTES

/** Makes the application; it listens to nothing yet. */
export function createHttpApi(context: ApiContext): FastifyInstance {
  const { settings } = context
  const app = fastify({
    bodyLimit: settings.maxBodyBytes,
    // Dapr cleans paths before it routes them.
    routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    rewriteUrl: ({ url = '/' }) => withoutDots(url),
    exposeHeadRoutes: false,
    frameworkErrors: (_error, _request, reply) => void sendText(reply, 400, 'bad escape in the path'),
  })
  // Dapr looks at no content type: every body is bytes until a route reads it.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const cors = createCors(settings.allowedOrigins)
  const sessions = new ConsoleSessions()
  const guard = createGuard(settings, sessions)
  measureHttpCalls(app, context)
  logHttpCalls(app, context)
  app.addHook('onRequest', (request, reply, done) => {
    // Nor is one refused that is nonsense: the framework would parse it before it looks for a parser.
    delete request.headers['content-type']
    beginHttpTrace(context, request, reply)
    // What the console reads is for no other page, whichever may use the API.
    if (isConsoleRoute(request.routeOptions.url)) guardAnswer(reply)
    else if (cors(request, reply)) return
    if (guard(request, reply) || refuseBaggage(request, reply)) {
      if (isConversation(request)) tellFailure(context, request, refusal(reply))
      return
    }
    if (isClosed(context, request)) sendError(request, reply, unknownRoute(request))
    else done()
  })
  app.setNotFoundHandler((request, reply) => sendError(request, reply, unknownRoute(request)))
  app.setErrorHandler((error: FastifyError, request, reply) =>
    sendError(request, reply, frameworkError(error, request, context)),
  )
  registerDaprHttp(app, context)
  registerOpenAiHttp(app, context)
  registerConversationsHttp(app, context)
  registerAdminHttp(app, context)
  if (settings.metricsEnabled && context.configuration.metricsEnabled) registerMetricsHttp(app, context)
  if (context.callFeed) registerConsole(app, { ...context, callFeed: context.callFeed }, sessions)
  return app
}

/** Whether the Configuration closes the route. One that is closed answers as one that does not exist. */
function isClosed({ configuration }: ApiContext, request: FastifyRequest): boolean {
  const { url: route } = request.routeOptions
  return !isHealthRoute(route) && !isApiOpen(configuration, endpointOfRoute(route)?.api, 'http')
}

function sendError(request: FastifyRequest, reply: FastifyReply, error: ConversationError): FastifyReply {
  return request.url.startsWith('/v1/') ? sendChatError(reply, error) : sendDaprError(reply, error)
}

/** daprd takes an unknown route for an invocation of another app, hence the words on its routes. There is never a 405. */
function unknownRoute({ method, url }: FastifyRequest): ConversationError {
  const message = url.startsWith('/v1/')
    ? `Cannot serve ${method} ${url}: the routes are POST /v1/chat/completions, GET /v1/models and GET /v1/models/NAME`
    : 'failed getting app id either from the URL path or the header dapr-app-id'
  return new ConversationError('not_found', message)
}

/** Whether the route is one of those that ask a model. */
function isConversation({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'POST' && endpointOfRoute(routeOptions.url)?.api?.name === 'conversation'
}

/** What has been answered to somebody who may not pass. */
function refusal({ statusCode }: FastifyReply): ConversationError {
  const codes = { 401: 'unauthenticated', 403: 'forbidden' } as const
  return new ConversationError(
    statusCode === 401 || statusCode === 403 ? codes[statusCode] : 'malformed_request',
    INVALID_BAGGAGE,
  )
}

function frameworkError(error: FastifyError, request: FastifyRequest, context: ApiContext): ConversationError {
  const failure = readFrameworkError(error, context)
  if (isConversation(request)) tellFailure(context, request, failure)
  return failure
}

/** A conversation failed before any route has seen it. */
function tellFailure(context: ApiContext, { raw, url }: FastifyRequest, failure: ConversationError): void {
  const component = parameterAfter('conversation', url)
  const surface = url.startsWith('/v1/') ? 'openai' : 'dapr-http'
  failureOverHttp(context, raw, { component, origin: { surface, streamed: false } }, failure)
}

function readFrameworkError(error: FastifyError, context: ApiContext): ConversationError {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new ConversationError('body_too_large', 'failed to read request body: stream too large')
  }
  const status = error.statusCode ?? 500
  if (status < errorRow('internal').http) return new ConversationError('malformed_request', error.message)
  context.reportInternal(error)
  return ConversationError.from(error)
}
