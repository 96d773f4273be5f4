/**
 * Keeps conversations in a state store of Dapr, so that replicas of the sidecar share what components remember. A
 * conversation is one entry, written with the ETag of what was read; a few entries for each caller are the index by which
 * conversations are listed.
 */
import { ConversationError } from '@dapr-chat/protocol'
import type {
  ConversationKey,
  ConversationStore,
  FoundConversation,
  NewTurn,
  Retention,
  StoredConversation,
  StoredTurn,
} from '../conversation-store.ts'
import { messagesFromJson } from '../message-json.ts'
import { BatchedUpdates } from './batched-updates.ts'
import { type ConversationEntry, conversationForm, withTurn } from './conversation-entry.ts'
import { type IndexEntry, indexForm, withConversation, withoutConversation } from './index-entry.ts'
import { conversationEntryKey, indexEntryKey, indexEntryKeys } from './keys.ts'
import type { StateApi } from './state-api.ts'
import { type EntryForm, readEntry, updateEntry } from './update-entry.ts'

/** What bounds the store. */
export interface DaprStateOptions {
  /** How long one question of the store's users may take, all that it needs included, in milliseconds. */
  readonly timeoutMs: number
  /** The most bytes of an entry. */
  readonly maxEntryBytes: number
  /** Is told what went wrong, where whoever asked does not learn it whole. */
  warn(message: string): void
  /** The time in milliseconds since 1970. */
  readonly now?: () => number
}

/** The most conversations in a part of the index: in all of them together far more than a list has. */
const MAX_INDEXED = 250

/** A store behind Dapr's state API. */
export class DaprStateStore implements ConversationStore {
  readonly #api: StateApi
  readonly #options: DaprStateOptions
  readonly #now: () => number
  readonly #conversation: EntryForm<ConversationEntry>
  readonly #index: EntryForm<IndexEntry>
  readonly #indexUpdates: BatchedUpdates<IndexEntry>

  constructor(api: StateApi, options: DaprStateOptions) {
    this.#api = api
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#conversation = conversationForm(this.#now)
    this.#index = indexForm(this.#now)
    this.#indexUpdates = new BatchedUpdates((key, change) =>
      updateEntry(this.#api, key, this.#index, change, this.#deadline()),
    )
  }

  async find(key: ConversationKey): Promise<FoundConversation | undefined> {
    const entry = await this.#read(key)
    return entry && { ...summaryOf(key, entry), instructions: messagesFromJson(entry.instructions) }
  }

  async turns(key: ConversationKey, limit: number, before = Number.MAX_SAFE_INTEGER): Promise<readonly StoredTurn[]> {
    const turns = (await this.#read(key))?.turns.filter(({ sequence }) => sequence < before) ?? []
    return turns
      .slice(Math.max(0, turns.length - limit))
      .reverse()
      .map(({ messages, ...turn }) => ({ ...turn, messages: messagesFromJson(messages) }))
  }

  async append(key: ConversationKey, turn: NewTurn, retention: Retention): Promise<void> {
    const signal = this.#deadline()
    const limits = { ...retention, maxBytes: this.#options.maxEntryBytes }
    const entryKey = conversationEntryKey(key)
    const entry = await updateEntry(
      this.#api,
      entryKey,
      this.#conversation,
      (present) => withTurn(present, turn, this.#now(), limits),
      signal,
    )
    const { expiresAt, turns } = entry
    const indexed = { ...summaryOf(key, entry), expiresAt, sequence: turns.at(-1)?.sequence ?? 0 }
    await this.#updateIndex(key, signal, (present) =>
      withConversation(present, entryKey, indexed, {
        maxConversations: MAX_INDEXED,
        maxBytes: this.#options.maxEntryBytes,
      }),
    )
  }

  async list(caller: string, limit: number): Promise<readonly StoredConversation[]> {
    const signal = this.#deadline()
    const parts = await this.#asked(
      Promise.all(indexEntryKeys(caller).map((key) => readEntry(this.#api, key, this.#index, signal))),
    )
    return parts
      .flatMap((part) => Object.values(part?.conversations ?? {}))
      .sort((a, b) => b.updatedAt - a.updatedAt)
      .slice(0, limit)
      .map(({ component, contextId, turns, updatedAt }) => ({ component, contextId, turns, updatedAt }))
  }

  async remove(key: ConversationKey): Promise<boolean> {
    const signal = this.#deadline()
    const entryKey = conversationEntryKey(key)
    const entry = await this.#asked(readEntry(this.#api, entryKey, this.#conversation, signal))
    await this.#asked(this.#api.delete(entryKey, signal))
    const until = entry?.updatedAt ?? this.#now()
    const part = await this.#asked(readEntry(this.#api, indexEntryKey(key), this.#index, signal))
    if (part?.conversations[entryKey]) {
      await this.#updateIndex(key, signal, (present) => withoutConversation(present, entryKey, until))
    }
    return entry !== undefined
  }

  async close(): Promise<void> {
    await this.#api.close()
  }

  #read(key: ConversationKey): Promise<ConversationEntry | undefined> {
    return this.#asked(readEntry(this.#api, conversationEntryKey(key), this.#conversation, this.#deadline()))
  }

  #deadline(): AbortSignal {
    return AbortSignal.timeout(this.#options.timeoutMs)
  }

  /** What is told of the conversation itself is true already; that it is not listed as it is ends with its next turn. */
  async #updateIndex(
    key: ConversationKey,
    signal: AbortSignal,
    change: (present: IndexEntry | undefined) => IndexEntry,
  ): Promise<void> {
    try {
      await within(this.#indexUpdates.add(indexEntryKey(key), change), signal)
    } catch (error) {
      this.#options.warn(`Cannot bring the list of conversations up to date: ${messageOf(error)}`)
    }
  }

  /** Callers learn that the store failed, and the log why: the reason may hold the words of a database. */
  async #asked<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (cause) {
      this.#options.warn(messageOf(cause))
      throw new ConversationError('unavailable', 'the store of remembered conversations cannot be read or changed', {
        cause,
      })
    }
  }
}

function summaryOf({ component, contextId }: ConversationKey, { turns, updatedAt }: ConversationEntry) {
  return { component, contextId, turns: turns.length, updatedAt }
}

/** Waits no longer than the signal allows. */
async function within(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: over, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  try {
    signal.throwIfAborted()
    await Promise.race([work, over])
  } finally {
    signal.removeEventListener('abort', onAbort)
    // Whoever no longer waits for it learns nothing of its failure.
    work.catch(() => {})
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
