/** The exchange of the token for the cookie of a session, and back. */
import { ConversationError } from '@dapr-chat/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiContext } from '../context.ts'
import { sendDaprError } from '../dapr/http.ts'
import { tokenMatches } from '../guard.ts'
import { sendText } from '../reply.ts'
import { type ConsoleSessions, sessionCookie } from './sessions.ts'

/** More than any token has, in bytes. */
const MAX_LOGIN_BYTES = 16 * 1024

/** Adds the routes. */
export function registerLogin(app: FastifyInstance, { settings }: ApiContext, sessions: ConsoleSessions): void {
  const { apiToken } = settings
  app.post('/api/console/login', { bodyLimit: MAX_LOGIN_BYTES }, (request, reply) => {
    // Where no token is asked for, everybody is in.
    if (apiToken === undefined) return reply.code(204).send()
    const waitMs = sessions.waitMs(request.ip)
    if (waitMs > 0) return tooMany(reply, waitMs)
    const token = tokenOf(request)
    if (token === undefined) {
      const message = 'Cannot log in: the body must be JSON with the token: {"token":"..."}'
      return sendDaprError(reply, new ConversationError('malformed_request', message))
    }
    if (!tokenMatches(token, apiToken)) {
      sessions.tokenWasWrong(request.ip)
      return sendText(reply, 401, 'invalid api token')
    }
    // A session from before, in the same browser, is over.
    sessions.end(request)
    return reply.header('set-cookie', sessionCookie(request, sessions.begin())).code(204).send()
  })
  app.post('/api/console/logout', (request, reply) => {
    sessions.end(request)
    return reply.header('set-cookie', sessionCookie(request, '')).code(204).send()
  })
}

function tokenOf({ body }: FastifyRequest): string | undefined {
  try {
    const { token } = JSON.parse(new TextDecoder().decode(body as Uint8Array | undefined)) as { token?: unknown }
    return typeof token === 'string' ? token : undefined
  } catch {
    return undefined
  }
}

function tooMany(reply: FastifyReply, waitMs: number): FastifyReply {
  const seconds = Math.ceil(waitMs / 1_000)
  return sendText(
    reply.header('retry-after', String(seconds)),
    429,
    `Cannot log in: too many wrong tokens came from this address: try again in ${seconds} seconds`,
  )
}
