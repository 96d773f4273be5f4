/**
 * Conversations in a folder of the client's file store: named ones, which stay until they are deleted, and unnamed ones,
 * of which the newest stay so that `--continue` finds them. Used by `ask` and `chat`.
 */
import { accessSync, constants, mkdirSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConversationStore, StoredConversation } from '@dapr-chat/client'
import { fileStore } from '@dapr-chat/client/file-store'
import { ExitError, exitCodes } from '../exit-code.ts'

/** How many conversations without a name are kept. */
const UNNAMED_KEPT = 20

const EXTENSION = '.jsonl'

const UNNAMED = /^unnamed-/

/** One of the folder's conversations. */
export interface SavedConversation {
  readonly id: string
  /** When it was last written to, in milliseconds since 1970. */
  readonly changedAt: number
}

/** The conversations of a folder. */
export class SavedConversations {
  readonly store: ConversationStore
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    this.store = fileStore(folder)
  }

  /** Whether the folder can be written to; it is made where it is missing. */
  get isWritable(): boolean {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      accessSync(this.#folder, constants.W_OK)
      return true
    } catch {
      return false
    }
  }

  /** All conversations, the newest first. */
  async list(): Promise<readonly SavedConversation[]> {
    const files = await readdir(this.#folder).catch(() => [])
    const found = await Promise.all(
      files
        .filter((file) => file.endsWith(EXTENSION))
        .map(async (file) => {
          const { mtimeMs } = await stat(join(this.#folder, file)).catch(() => ({ mtimeMs: 0 }))
          return { id: decodeURIComponent(file.slice(0, -EXTENSION.length)), changedAt: mtimeMs }
        }),
    )
    return found.sort((a, b) => b.changedAt - a.changedAt)
  }

  /** The whole of a conversation; nothing where there is none of that name. */
  read(id: string): Promise<StoredConversation | undefined> {
    return this.store.load(id, Number.POSITIVE_INFINITY)
  }

  /** A name for a conversation that has none. The oldest such conversations are deleted to make room. */
  async newId(): Promise<string> {
    const unnamed = (await this.list()).filter(({ id }) => !isNamed(id))
    await Promise.all(unnamed.slice(UNNAMED_KEPT - 1).map(({ id }) => this.store.delete(id)))
    const time = new Date().toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')
    return `unnamed-${time}-${crypto.randomUUID().slice(0, 4)}`
  }
}

/** Whether somebody gave the conversation its name. */
export function isNamed(id: string): boolean {
  return !UNNAMED.test(id)
}

/**
 * A name that a user gives.
 * @throws ExitError for one that could be taken for something else in a list or on a command line.
 */
export function checkedName(name: string): string {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,63}$/u.test(name)) return name
  throw new ExitError(
    exitCodes.usage,
    `Cannot use the name of a conversation: it must be 1 to 64 letters, digits, "_", "-" or ".": current value is "${name}"`,
  )
}
