/** Conversations in SQLite, which is part of Node: one file, no server. */
import type { JsonObject, Message } from '@dapr-chat/protocol'
import type {
  ConversationKey,
  ConversationStore,
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
  instructions: `SELECT instructions FROM conversations WHERE ${IS_KEY} AND ${IS_ALIVE}`,
  turns: `
    SELECT sequence, messages, created_at AS createdAt FROM turns
    WHERE conversation = (SELECT id FROM conversations WHERE ${IS_KEY} AND ${IS_ALIVE})
      AND (?5 IS NULL OR sequence < ?5)
    ORDER BY sequence DESC LIMIT ?6`
    .replace('caller = ?', 'caller = ?1')
    .replace('component = ?', 'component = ?2')
    .replace('context_id = ?', 'context_id = ?3')
    .replace('> ?)', '> ?4)'),
  touch: `
    INSERT INTO conversations (caller, component, context_id, instructions, updated_at, expires_at)
    VALUES (?1, ?2, ?3, coalesce(?4, '[]'), ?5, ?6)
    ON CONFLICT (caller, component, context_id) DO UPDATE
    SET instructions = coalesce(?4, instructions), updated_at = ?5, expires_at = ?6
    RETURNING id`,
  append: `
    INSERT INTO turns (conversation, sequence, messages, created_at)
    SELECT ?1, coalesce(max(sequence), 0) + 1, ?2, ?3 FROM turns WHERE conversation = ?1`,
  trim: `
    DELETE FROM turns WHERE conversation = ?1
      AND sequence <= (SELECT max(sequence) FROM turns WHERE conversation = ?1) - ?2`,
  list: `
    SELECT component, context_id AS contextId, updated_at AS updatedAt,
      (SELECT count(*) FROM turns WHERE conversation = id) AS turns
    FROM conversations WHERE caller = ? AND ${IS_ALIVE} ORDER BY updated_at DESC, id DESC LIMIT ?`,
  remove: `DELETE FROM conversations WHERE ${IS_KEY} AND ${IS_ALIVE}`,
} as const
