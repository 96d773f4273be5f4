/** What operators and Dapr's SDKs ask of a sidecar beside conversations: health, metadata, shutdown, the description. */
import { writeMetadataBody } from '@dapr-chat/protocol/dapr'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ApiContext } from '../context.ts'
import { parameterAfter } from '../path.ts'
import { sendJson } from '../reply.ts'
import { openApi } from './openapi.ts'

/** Adds the routes. */
export function registerAdminHttp(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Querystring: { appid?: string } }>('/v1.0/healthz', (request, reply) => {
    const { appid } = request.query
    if (appid !== undefined && appid !== context.settings.appId) {
      return unhealthy(reply, 'ERR_HEALTH_APPID_NOT_MATCH', 'dapr app-id does not match')
    }
    if (!context.ready()) return unhealthy(reply, 'ERR_HEALTH_NOT_READY', 'dapr is not ready')
    return reply.code(204).send()
  })
  app.get('/v1.0/healthz/outbound', (_request, reply) => {
    if (!context.ready()) return unhealthy(reply, 'ERR_OUTBOUND_HEALTH_NOT_READY', 'dapr outbound is not ready')
    return reply.code(204).send()
  })
  app.get('/v1.0/metadata', (_request, reply) => sendJson(reply, JSON.stringify(writeMetadataBody(context.metadata()))))
  app.put('/v1.0/metadata/:key', (request, reply) => {
    const key = parameterAfter('metadata', request.raw.url ?? '')
    context.setMetadata(key, new TextDecoder().decode(request.body as Uint8Array | undefined))
    return reply.code(204).send()
  })
  app.post('/v1.0/shutdown', (_request, reply) => {
    // The answer must be out before the connections are closed.
    reply.raw.once('close', () => context.shutdown())
    return reply.header('connection', 'close').code(204).send()
  })
  app.get('/openapi.json', (_request, reply) => sendJson(reply, JSON.stringify(openApi)))
}

function unhealthy(reply: FastifyReply, errorCode: string, message: string): FastifyReply {
  return sendJson(reply.code(500), JSON.stringify({ errorCode, message }))
}
