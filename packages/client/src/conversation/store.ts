/**
 * Where conversations are kept between their turns, and what is kept: whole turns, each added at once or not at all.
 * `memoryStore` stands here; a file and Dapr's state API have their own files.
 */
import type { ChatUsage } from '@dapr-chat/protocol/openai'
import type { ChatMessage } from '../message.ts'

/** A question and everything that followed it, tool calls and their results among it. */
export interface StoredTurn {
  readonly id: string
  /** When it was complete, in ISO 8601 and UTC. */
  readonly createdAt: string
  readonly messages: readonly ChatMessage[]
  /** What the turn cost, where it was reported. */
  readonly usage?: ChatUsage
  /** The answer was stopped: its last message is what had arrived. */
  readonly interrupted?: true
}

/** What stands for the oldest turns once they no longer fit. */
export interface StoredSummary {
  readonly text: string
  /** The id of the last turn that it covers. */
  readonly through: string
}

/** One conversation as it is stored. */
export interface StoredConversation {
  /** In order; where a store gives only the newest, the oldest are missing. */
  readonly turns: readonly StoredTurn[]
  readonly summary?: StoredSummary
}

/** What one write adds. */
export interface ConversationAddition {
  readonly turns?: readonly StoredTurn[]
  /** Takes the place of the summary before it. */
  readonly summary?: StoredSummary
}

/** What limits one use of a store. */
export interface StoreCall {
  /** Stops it. */
  readonly signal?: AbortSignal
}

/** A place for conversations. Other programs may write to the same conversation: no write may lose another's turns. */
export interface ConversationStore {
  /**
   * The newest whole turns that have at most `maxMessages` messages together, and at least one turn; nothing where
   * there is no such conversation.
   */
  load(id: string, maxMessages: number, call?: StoreCall): Promise<StoredConversation | undefined>
  /**
   * Adds to a conversation, and begins it where there is none.
   * @throws StoreConflictError where others kept on writing for too long.
   */
  append(id: string, addition: ConversationAddition, call?: StoreCall): Promise<void>
  /** Forgets a conversation; without effect where there is none. */
  delete(id: string, call?: StoreCall): Promise<void>
}

/** Keeps conversations in this process, as long as the store itself is kept. */
export function memoryStore(): ConversationStore {
  const conversations = new Map<string, StoredConversation>()
  return {
    async load(id, maxMessages) {
      const stored = conversations.get(id)
      return stored && newestTurns(stored, maxMessages)
    },
    async append(id, addition) {
      conversations.set(id, withAddition(conversations.get(id), addition))
    },
    async delete(id) {
      conversations.delete(id)
    },
  }
}

/** A conversation after an addition. */
export function withAddition(
  stored: StoredConversation | undefined,
  { turns = [], summary = stored?.summary }: ConversationAddition,
): StoredConversation {
  return { turns: [...(stored?.turns ?? []), ...turns], ...(summary && { summary }) }
}

/** The newest whole turns that have at most so many messages together, but always the newest one. */
export function newestTurns(stored: StoredConversation, maxMessages: number): StoredConversation {
  const { turns } = stored
  let first = turns.length
  let room = maxMessages
  while (first > 0) {
    room -= turns[first - 1]?.messages.length ?? 0
    if (room < 0 && first < turns.length) break
    first--
  }
  return first === 0 ? stored : { ...stored, turns: turns.slice(first) }
}
