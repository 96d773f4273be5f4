/**
 * Who may talk to the HTTP API. A token where one is set; and on loopback only those who say so themselves: a page
 * from elsewhere, opened in a browser on this machine, reaches loopback too, directly or by rebinding its own name.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { ConversationError } from '@dapr-chat/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isLoopback, type SidecarSettings } from '../settings.ts'
import { isFromConsole, isFromNoOtherPage } from './console/own-page.ts'
import type { ConsoleSessions } from './console/sessions.ts'
import { allowsOrigin } from './cors.ts'
import { sendChatError } from './openai/http.ts'
import { sendText } from './reply.ts'

/**
 * Where no token is asked for: Dapr leaves health open, so that orchestrators can probe, and the console's page has no
 * token before somebody types it in. The files of the page tell nothing of this sidecar.
 */
const open = new Set(['/v1.0/healthz', '/v1.0/healthz/outbound', '/console', '/console/*', '/api/console/login'])

/** What the console's page calls beside its own routes, with the cookie of its session. */
const forSessions = new Set([
  '/v1/chat/completions',
  '/v1.0-alpha2/conversation/:name/converse',
  '/api/conversations',
  '/api/conversations/:component/:contextId',
])

/** Whether a path of the description is one where no token is asked for. */
export function isOpen(path: string): boolean {
  return open.has(path) || path.startsWith('/console/')
}

/** Whether a token is the right one, in a time that does not depend on how much of it is. */
export function tokenMatches(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given ?? ''), digest(expected)) && given !== undefined
}

/** Makes a hook that answers those who may not pass, and says whether it did. */
export function createGuard(settings: SidecarSettings, sessions: ConsoleSessions) {
  const { apiToken, allowedOrigins } = settings
  // No page reaches a Unix socket, and callers on one put anything into Host.
  const loopbackOnly = settings.unixSocketFolder === undefined && settings.listenAddresses.every(isLoopback)
  return function guard(request: FastifyRequest, reply: FastifyReply): boolean {
    const path = request.routeOptions.url ?? ''
    const chat = path.startsWith('/v1/')
    if (loopbackOnly && !isLocal(request, allowedOrigins)) {
      const error = new ConversationError(
        'forbidden',
        'Cannot serve this request: on loopback, Host and Origin must name this machine (localhost, 127.0.0.1 or [::1])',
      )
      if (chat) sendChatError(reply, error)
      else sendText(reply, 403, error.message)
      return true
    }
    const consoleApi = path.startsWith('/api/console/')
    if (consoleApi && !isFromNoOtherPage(request)) {
      sendText(reply, 403, 'Cannot serve this request: what the console reads is for its own page alone')
      return true
    }
    if (apiToken === undefined || open.has(path)) return false
    if (tokenMatches(tokenOf(request, chat), apiToken)) return false
    if ((consoleApi || forSessions.has(path)) && isFromConsole(request) && sessions.has(request)) return false
    if (chat) sendChatError(reply, new ConversationError('unauthenticated', 'invalid api token'))
    else sendText(reply, 401, 'invalid api token')
    return true
  }
}

/** OpenAI's clients can only send a bearer token. */
function tokenOf(request: FastifyRequest, chat: boolean): string | undefined {
  const own = request.headers['dapr-api-token']
  if (own !== undefined) return Array.isArray(own) ? own[0] : own
  return chat ? /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] : undefined
}

/** Whether this machine is meant, by one of its own pages or by one whose origin is allowed. */
function isLocal({ headers: { host, origin } }: FastifyRequest, allowedOrigins: readonly string[]): boolean {
  if (host !== undefined && !isLocalHost(`http://${host}`)) return false
  return origin === undefined || isLocalHost(origin) || allowsOrigin(allowedOrigins, origin)
}

function isLocalHost(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { hostname } = new URL(url)
  return isLoopback(hostname.replace(/^\[(.*)\]$/, '$1')) || hostname.endsWith('.localhost')
}
