/** The sidecar's store, which is opened only when somebody needs it: without history there is no file. */
import { existsSync } from 'node:fs'
import type { ConversationStore, StorePlace } from './conversation-store.ts'
import { IN_MEMORY, openDatabase, type SqliteDatabase } from './sqlite-database.ts'
import { SqliteStore } from './sqlite-store.ts'

/** One file for all conversations of a sidecar. */
export class StoreFile implements StorePlace {
  readonly #path: string
  readonly #maxBytes: number
  #store: ConversationStore | undefined

  /**
   * @param path the file; `:memory:` keeps everything in memory instead.
   * @param maxBytes the most bytes that the file may have.
   */
  constructor(path: string, maxBytes: number) {
    this.#path = path
    this.#maxBytes = maxBytes
  }

  /**
   * The store, opened or made where it is not open.
   * @throws Error that names the file, where it cannot be used.
   */
  open(): ConversationStore {
    this.#store ??= storeOf(openDatabase(this.#path, { maxBytes: this.#maxBytes }))
    return this.#store
  }

  /**
   * The store where there is one: open, or a file of an earlier run.
   * @throws Error that names the file, where it cannot be used.
   */
  existing(): ConversationStore | undefined {
    return this.#store ?? (this.#path !== IN_MEMORY && existsSync(this.#path) ? this.open() : undefined)
  }

  /** Closes the store if it is open. */
  async close(): Promise<void> {
    await this.#store?.close()
    this.#store = undefined
  }
}

function storeOf(database: SqliteDatabase): ConversationStore {
  try {
    return new SqliteStore(database)
  } catch (error) {
    database.close()
    throw error
  }
}
