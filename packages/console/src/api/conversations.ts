/** The sidecar's own API for the conversations that components remember. Whose they are is said by a header. */
import { getJson, send } from './http.ts'

/** One conversation in the list. */
export interface StoredConversation {
  readonly component: string
  readonly contextId: string
  readonly turns: number
  /** An ISO date. */
  readonly updated: string
}

/** One message, in the vocabulary's shape as JSON. */
export interface StoredMessage {
  readonly role: string
  readonly content: readonly StoredPart[]
  readonly reasoning?: string
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: unknown }[]
}

/** One piece of a message; only text has `text`. */
export interface StoredPart {
  readonly type: string
  readonly text?: string
}

/** One page of what was said, the newest turns in the order they were said. */
export interface ConversationPage {
  readonly instructions: readonly StoredMessage[]
  readonly turns: readonly StoredTurn[]
}

/** What one request brought, and its answer. */
export interface StoredTurn {
  readonly sequence: number
  readonly created: string
  readonly messages: readonly StoredMessage[]
}

export async function readConversations(caller: string): Promise<readonly StoredConversation[]> {
  const { conversations } = await getJson<{ conversations: readonly StoredConversation[] }>('/api/conversations', {
    headers: identity(caller),
  })
  return conversations
}

/** @param before the sequence of a turn: the page ends before it. */
export function readConversation(
  caller: string,
  component: string,
  contextId: string,
  before?: number,
): Promise<ConversationPage> {
  const query = before === undefined ? '' : `?before=${before}`
  return getJson(`${pathOf(component, contextId)}${query}`, { headers: identity(caller) })
}

export async function forgetConversation(caller: string, component: string, contextId: string): Promise<void> {
  await send(pathOf(component, contextId), { method: 'DELETE', headers: identity(caller) })
}

function pathOf(component: string, contextId: string): string {
  return `/api/conversations/${encodeURIComponent(component)}/${encodeURIComponent(contextId)}`
}

/** Callers that do not say who they are share an identity that needs no header. */
function identity(caller: string): Record<string, string> {
  return caller === '' || caller === 'anonymous' ? {} : { 'dapr-caller-app-id': caller }
}
