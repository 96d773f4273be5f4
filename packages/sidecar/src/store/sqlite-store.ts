/** Conversations in SQLite, which is part of Node: one file, no server. */
import type { JsonObject, Message } from '@dapr-chat/protocol'
import type {
  ConversationKey,
  ConversationStore,
  FoundConversation,
  NewTurn,
  Retention,
  StoredConversation,
  StoredTurn,
} from './conversation-store.ts'
import { messagesFromJson, messagesToJson } from './message-json.ts'
import { migrate, transaction } from './migrate.ts'
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts'

const IS_KEY = 'caller = ? AND component = ? AND context_id = ?'
const IS_ALIVE = '(expires_at IS NULL OR expires_at > ?)'

const sql = {
  expire: 'DELETE FROM conversations WHERE expires_at <= ?',
  find: `
    SELECT id, instructions, updated_at AS updatedAt, (SELECT count(*) FROM turns WHERE conversation = id) AS turns
    FROM conversations WHERE ${IS_KEY} AND ${IS_ALIVE}`,
  turns: `
    SELECT sequence, messages, created_at AS createdAt FROM turns
    WHERE conversation = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
  touch: `
    INSERT INTO conversations (caller, component, context_id, instructions, updated_at, expires_at)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (caller, component, context_id) DO UPDATE
    SET instructions = excluded.instructions, updated_at = excluded.updated_at, expires_at = excluded.expires_at
    RETURNING id`,
  append: `
    INSERT INTO turns (conversation, sequence, messages, created_at)
    VALUES (?, 1 + (SELECT coalesce(max(sequence), 0) FROM turns WHERE conversation = ?), ?, ?)`,
  trim: `
    DELETE FROM turns WHERE conversation = ?
      AND sequence <= (SELECT max(sequence) FROM turns WHERE conversation = ?) - ?`,
  list: `
    SELECT component, context_id AS contextId, updated_at AS updatedAt,
      (SELECT count(*) FROM turns WHERE conversation = id) AS turns
    FROM conversations WHERE caller = ? AND ${IS_ALIVE} ORDER BY updated_at DESC, id DESC LIMIT ?`,
  remove: `DELETE FROM conversations WHERE ${IS_KEY} AND ${IS_ALIVE}`,
} as const

interface ConversationRow {
  readonly id: number
  readonly instructions: string
  readonly updatedAt: number
  readonly turns: number
}

interface TurnRow {
  readonly sequence: number
  readonly messages: string
  readonly createdAt: number
}

/** A store in a database, whose schema it brings up to date. Nothing else may use the database's connection. */
export class SqliteStore implements ConversationStore {
  readonly #database: SqliteDatabase
  readonly #now: () => number
  readonly #statements = new Map<string, SqliteStatement>()

  /**
   * @param now the time in milliseconds since 1970.
   * @throws Error where the database was written by a later version.
   */
  constructor(database: SqliteDatabase, now: () => number = Date.now) {
    this.#database = database
    this.#now = now
    migrate(database, new URL('./migrations/', import.meta.url))
    this.#expire()
  }

  async find(key: ConversationKey): Promise<FoundConversation | undefined> {
    const row = this.#find(key)
    if (!row) return undefined
    const { instructions, turns, updatedAt } = row
    const { component, contextId } = key
    return { component, contextId, turns, updatedAt, instructions: readMessages(instructions) }
  }

  async turns(key: ConversationKey, limit: number, before = Number.MAX_SAFE_INTEGER): Promise<readonly StoredTurn[]> {
    const row = this.#find(key)
    if (!row) return []
    const rows = this.#prepare('turns').all(row.id, before, limit) as readonly TurnRow[]
    return rows.map(({ sequence, messages, createdAt }) => ({ sequence, createdAt, messages: readMessages(messages) }))
  }

  async append(key: ConversationKey, turn: NewTurn, { maxTurns, ttlMs }: Retention): Promise<void> {
    const now = this.#now()
    const messages = writeMessages(turn.messages)
    // Before the turn and not with it, so that a full file gets room even where the turn does not fit.
    this.#expire()
    transaction(this.#database, () => {
      const instructions = turn.instructions
        ? writeMessages(turn.instructions)
        : (this.#find(key)?.instructions ?? '[]')
      const end = ttlMs > 0 ? Math.ceil(now + ttlMs) : null
      const { id } = this.#prepare('touch').get(...keyValues(key), instructions, now, end) as { id: number }
      this.#prepare('append').run(id, id, messages, now)
      this.#prepare('trim').run(id, id, maxTurns)
    })
  }

  async list(caller: string, limit: number): Promise<readonly StoredConversation[]> {
    const rows = this.#prepare('list').all(caller, this.#now(), limit) as readonly StoredConversation[]
    return rows.map((row) => ({ ...row }))
  }

  async remove(key: ConversationKey): Promise<boolean> {
    const removed = Number(this.#prepare('remove').run(...keyValues(key), this.#now()).changes) > 0
    // The log still holds what was written before; somebody who has a conversation removed wants it gone.
    if (removed) this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return removed
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  #expire(): void {
    this.#prepare('expire').run(this.#now())
  }

  #find(key: ConversationKey): ConversationRow | undefined {
    return this.#prepare('find').get(...keyValues(key), this.#now()) as ConversationRow | undefined
  }

  #prepare(name: keyof typeof sql): SqliteStatement {
    let statement = this.#statements.get(name)
    if (!statement) {
      statement = this.#database.prepare(sql[name])
      this.#statements.set(name, statement)
    }
    return statement
  }
}

function keyValues({ caller, component, contextId }: ConversationKey): [string, string, string] {
  return [caller, component, contextId]
}

function writeMessages(messages: readonly Message[]): string {
  return JSON.stringify(messagesToJson(messages))
}

function readMessages(json: string): readonly Message[] {
  return messagesFromJson(JSON.parse(json) as readonly JsonObject[])
}
