/**
 * Our own API for the conversations that components remember: a caller lists its own, reads one and has one forgotten.
 * Whose they are is decided by the same header as in conversations themselves.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ConversationKey, ConversationStore, StoredConversation } from '../../store/conversation-store.ts'
import { messagesToJson } from '../../store/message-json.ts'
import { type ApiContext, callerOf } from '../context.ts'
import { sendJson } from '../reply.ts'

/** The most conversations that a list has. */
const LIST_LIMIT = 1_000

/** The most turns in one answer. */
const PAGE_TURNS = 100

interface Selection {
  readonly Params: { readonly component: string; readonly contextId: string }
  readonly Querystring: { readonly before?: string }
}

/** Adds the routes. */
export function registerConversationsHttp(app: FastifyInstance, { conversations }: ApiContext): void {
  app.get('/api/conversations', async (request, reply) => {
    const found = (await conversations.existing()?.list(callerIdOf(request), LIST_LIMIT)) ?? []
    return sendJson(reply, JSON.stringify({ conversations: found.map(summary) }))
  })
  app.get<Selection>('/api/conversations/:component/:contextId', async (request, reply) => {
    const store = conversations.existing()
    const body = store && (await read(store, keyOf(request), request.query.before))
    return body ? sendJson(reply, JSON.stringify(body)) : notFound(reply)
  })
  app.delete<Selection>('/api/conversations/:component/:contextId', async (request, reply) => {
    const removed = await conversations.existing()?.remove(keyOf(request))
    return removed ? reply.code(204).send() : notFound(reply)
  })
}

/** One page of a conversation, or nothing where there is none. */
async function read(store: ConversationStore, key: ConversationKey, before: string | undefined) {
  const conversation = await store.find(key)
  if (!conversation) return undefined
  // What is no number is no turn either, and there is nothing before it.
  const from = before === undefined ? undefined : Number(before) || 0
  const turns = await store.turns(key, PAGE_TURNS, from)
  return {
    ...summary(conversation),
    instructions: messagesToJson(conversation.instructions),
    turns: turns.toReversed().map(({ sequence, createdAt, messages }) => ({
      sequence,
      created: new Date(createdAt).toISOString(),
      messages: messagesToJson(messages),
    })),
  }
}

function summary({ component, contextId, turns, updatedAt }: StoredConversation): object {
  return { component, contextId, turns, updated: new Date(updatedAt).toISOString() }
}

function keyOf(request: FastifyRequest<Selection>): ConversationKey {
  return { caller: callerIdOf(request), ...request.params }
}

function callerIdOf({ headers }: FastifyRequest): string {
  const id = headers['dapr-caller-app-id']
  return callerOf(Array.isArray(id) ? id[0] : id).id
}

function notFound(reply: FastifyReply): FastifyReply {
  const message = 'no such conversation is stored for this caller'
  return sendJson(reply.code(404), JSON.stringify({ errorCode: 'ERR_CONVERSATION_HISTORY_NOT_FOUND', message }))
}
