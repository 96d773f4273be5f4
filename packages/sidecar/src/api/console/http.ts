/** What the console's page asks of the sidecar, under `/api/console/`, and the page itself. */
import { ConversationError } from '@dapr-chat/protocol'
import type { CallDetail, ConsoleSession, Overview, OverviewWindow } from '@dapr-chat/protocol/console'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ClockCounts } from '../../observability/clock-counts.ts'
import { VERSION } from '../../version.ts'
import type { ApiContext } from '../context.ts'
import { sendDaprError } from '../dapr/http.ts'
import { sendJson, sendText } from '../reply.ts'
import { BUILT_PAGE, BuiltPage } from './built-page.ts'
import type { CallFeed } from './call-feed.ts'
import { listCalls, type Query, readCallQuery } from './calls.ts'
import { LastErrors, listComponents } from './components.ts'
import { guardingHeaders } from './headers.ts'
import { registerLogin } from './login.ts'
import { registerPage } from './page.ts'
import type { ConsoleSessions } from './sessions.ts'

/** The parts of a sidecar with a console. */
export type ConsoleContext = ApiContext & { readonly callFeed: CallFeed }

/** Adds the routes. */
export function registerConsole(app: FastifyInstance, context: ConsoleContext, sessions: ConsoleSessions): void {
  const { settings, components, calls, callBook, usage, callFeed } = context
  const lastErrors = new LastErrors()
  const clockCounts = new ClockCounts()
  callBook.add(lastErrors)
  callBook.add(clockCounts)
  const json = (read: (request: FastifyRequest) => unknown) => async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      return sendJson(reply, JSON.stringify(await read(request)))
    } catch (thrown) {
      if (!(thrown instanceof ConversationError)) context.reportInternal(thrown)
      return sendDaprError(reply, ConversationError.from(thrown))
    }
  }
  app.get(
    '/api/console/session',
    json((request): ConsoleSession => sessionOf(context, sessions.has(request))),
  )
  app.get(
    '/api/console/overview',
    json(async ({ query }): Promise<Overview> => {
      const figures = await usage.overview(windowOf(query as Query))
      return { ...figures, open: calls.size }
    }),
  )
  app.get(
    '/api/console/calls',
    json(({ query }) => listCalls(readCallQuery(query as Query), callBook, usage)),
  )
  app.get<{ Params: { id: string } }>('/api/console/calls/:id', async (request, reply) => {
    const call = await findCall(request.params.id, context)
    if (call) return sendJson(reply, JSON.stringify(call))
    const message = 'no such call is in progress or in the log'
    return sendJson(reply.code(404), JSON.stringify({ errorCode: 'ERR_CONSOLE_CALL_NOT_FOUND', message }))
  })
  app.get(
    '/api/console/components',
    json(() =>
      listComponents({
        components: components.list(),
        lastErrors,
        breakers: context.breakerStates(),
        clockCounts,
        attemptTimeoutOf: (component) => context.attemptTimeoutOf(component),
      }),
    ),
  )
  app.get('/api/console/events', (request, reply) => sendEvents(request, reply, callFeed, sessions))
  registerLogin(app, context, sessions)
  registerPage(app, new BuiltPage(settings.consoleFolder ?? BUILT_PAGE))
}

/** Every answer of the console is guarded, and stored by no browser unless its route says otherwise. */
export function guardAnswer(reply: FastifyReply): void {
  // Straight to Node's response: a stream takes that over, with the headers it has by then.
  for (const [name, value] of Object.entries(guardingHeaders)) reply.raw.setHeader(name, value)
  reply.raw.setHeader('cache-control', 'no-store')
}

function sessionOf({ settings }: ApiContext, loggedIn: boolean): ConsoleSession {
  const { appId, captureContent, usagePath } = settings
  return { appId, version: VERSION, captureContent, stored: usagePath !== ':memory:', loggedIn }
}

function windowOf({ window = '1h' }: Query): OverviewWindow {
  if (window === '5m' || window === '1h' || window === '24h') return window
  throw new ConversationError(
    'malformed_request',
    `Cannot count the calls: window must be 5m, 1h or 24h: current value is ${JSON.stringify(window)}`,
  )
}

async function findCall(id: string, { callBook, usage }: ApiContext): Promise<CallDetail | undefined> {
  // The book first: a call that ends meanwhile is in the store by then.
  const call = callBook.find(id)?.detail() ?? (await usage.find(id))
  const content = callBook.content(id)
  return call && content ? { ...call, content } : call
}

function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  callFeed: CallFeed,
  sessions: ConsoleSessions,
): FastifyReply {
  const bySession = sessions.has(request)
  if (callFeed.open(reply.raw, () => !bySession || sessions.has(request))) return reply.hijack()
  return sendText(reply, 503, 'Cannot open the stream of events: too many pages are open, or the sidecar shuts down')
}
