/**
 * Where remembered conversations are kept. The middleware `history` writes and reads turns, the API under
 * `/api/conversations` shows and deletes them; an implementation for another place keeps to the same contract, which
 * `storeContract` tests.
 */
import type { Message } from '@dapr-chat/protocol'

/**
 * The longest context id of a remembered conversation, in bytes of UTF-8: it has to fit into the address under which the
 * conversation is shown and deleted.
 */
export const MAX_CONTEXT_ID_BYTES = 1_000

/** Which conversation: a context id means another conversation for each caller and each component. */
export interface ConversationKey {
  readonly caller: string
  readonly component: string
  readonly contextId: string
}

/** What one request brought and what the model answered. */
export interface StoredTurn {
  /** Grows from turn to turn. */
  readonly sequence: number
  /** When it was stored, in milliseconds since 1970. */
  readonly createdAt: number
  readonly messages: readonly Message[]
}

/** A conversation without its turns. */
export interface StoredConversation {
  readonly component: string
  readonly contextId: string
  /** How many turns are stored. */
  readonly turns: number
  /** When the last turn was stored, in milliseconds since 1970. */
  readonly updatedAt: number
}

/** A conversation that was asked for. */
export interface FoundConversation extends StoredConversation {
  /** The system and developer messages that hold for it. */
  readonly instructions: readonly Message[]
}

/** A turn to be stored. */
export interface NewTurn {
  /** The system and developer messages that hold from now on; absent means those that held before. */
  readonly instructions?: readonly Message[]
  readonly messages: readonly Message[]
}

/** How much of a conversation stays. */
export interface Retention {
  /** The most turns; the oldest go first. */
  readonly maxTurns: number
  /** How long the conversation stays after this turn, in milliseconds; 0 means for ever. */
  readonly ttlMs: number
}

/** A place for conversations. What has expired is not there, for any of these. */
export interface ConversationStore {
  /** A conversation, if there is one. */
  find(key: ConversationKey): Promise<FoundConversation | undefined>
  /** The newest `limit` turns, newest first; with `before` those older than the turn of that sequence. */
  turns(key: ConversationKey, limit: number, before?: number): Promise<readonly StoredTurn[]>
  /** Adds a turn, wholly or not at all, and lets go of what exceeds the retention. */
  append(key: ConversationKey, turn: NewTurn, retention: Retention): Promise<void>
  /** The caller's newest `limit` conversations, newest first. */
  list(caller: string, limit: number): Promise<readonly StoredConversation[]>
  /** Forgets a conversation, and says whether there was one. */
  remove(key: ConversationKey): Promise<boolean>
  /** Frees the place. Nothing may be asked of it afterwards. */
  close(): Promise<void>
}

/** Where the store is: nothing is made before a component needs it. */
export interface StorePlace {
  /**
   * The store, opened or made where it is not open.
   * @throws Error that names the place, where it cannot be used.
   */
  open(): ConversationStore
  /**
   * The store where there may be one.
   * @throws Error that names the place, where it cannot be used.
   */
  existing(): ConversationStore | undefined
  /** Closes the store if it is open. */
  close(): Promise<void>
}
