/** What a conversation is made with, and what it can say about itself. */
import type { GenerateOptions } from '../options.ts'
import type { ContextStrategy, TokenCounter } from './context.ts'
import type { ConversationStore, StoredConversation } from './store.ts'

/** How much of a conversation is sent with each question. */
export interface ContextOptions {
  /** The most tokens of a request: instructions, what was said before, and the question. */
  readonly maxTokens: number
  /** Of these, how many are left free for the answer. Default: the option `maxTokens` of the question, or none. */
  readonly reserveForReply?: number
  /**
   * Counts the tokens of a message.
   * @default approxTokens
   */
  readonly countTokens?: TokenCounter
  /**
   * Chooses what is sent where not everything fits.
   * @default dropOldest()
   */
  readonly strategy?: ContextStrategy
}

/** What `DaprChatClient.conversation` takes: the options of every question in it, and how it is kept. */
export interface ConversationOptions extends Omit<GenerateOptions, 'signal' | 'output'> {
  /** Its name in the store. Default: a new one. */
  readonly id?: string
  /** The instructions; they are sent with each question, never dropped, and not stored. */
  readonly system?: string
  /**
   * Where the turns are kept.
   * @default memoryStore()
   */
  readonly store?: ConversationStore
  /** Absent means that everything loaded is sent. */
  readonly context?: ContextOptions
  /**
   * What becomes of a turn whose reader stopped it: nothing of it is kept, or what had arrived.
   * @default 'discard'
   */
  readonly onAbort?: 'discard' | 'keep-partial'
  /**
   * The most messages that are loaded from the store, the newest ones, in whole turns.
   * @default 1000
   */
  readonly maxLoadedMessages?: number
  /** What `toJSON` of another conversation gave: this one goes on from there, where the store has nothing of its id. */
  readonly from?: ConversationJson
}

/** A conversation as JSON. */
export interface ConversationJson extends StoredConversation {
  readonly version: 1
  readonly id: string
  readonly system?: string
}

/** What the last question took along, in tokens by the conversation's own counter. */
export interface ContextReport {
  /** The budget, without what is left free for the answer; absent where there is none. */
  readonly maxTokens?: number
  readonly instructionTokens: number
  readonly questionTokens: number
  /** What was said before and sent again, a summary among it. */
  readonly historyTokens: number
  /** Turns sent as they are. */
  readonly sentTurns: number
  /** Turns of which a summary was sent. */
  readonly summarizedTurns: number
  /** Turns of which nothing was sent, because they did not fit. */
  readonly droppedTurns: number
}
