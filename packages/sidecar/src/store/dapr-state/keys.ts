/**
 * Under which keys of the state store things stand. Keys are hashes, because state stores differ in how long a key may be
 * and what it may be made of, and because context ids are not everybody's to read; daprd puts the app's id in front.
 */
import { createHash } from 'node:crypto'
import type { ConversationKey } from '../conversation-store.ts'

/** Stands in front of all keys, beside which an app may keep its own. */
const PREFIX = 'dapr-chat-history'

/** Over how many keys the index of one caller's conversations is spread, so that few writers meet at one of them. */
const SHARDS = 16

/** The key of a conversation. */
export function conversationEntryKey({ caller, component, contextId }: ConversationKey): string {
  return `${PREFIX}-${hash([caller, component, contextId])}`
}

/** The key of the part of the caller's index that a conversation belongs to. */
export function indexEntryKey(key: ConversationKey): string {
  const digest = hash([key.caller, key.component, key.contextId])
  return shardKey(key.caller, Number.parseInt(digest.slice(0, 8), 16) % SHARDS)
}

/** The keys of all parts of a caller's index. */
export function indexEntryKeys(caller: string): string[] {
  return Array.from({ length: SHARDS }, (_, shard) => shardKey(caller, shard))
}

function shardKey(caller: string, shard: number): string {
  return `${PREFIX}-index-${shard}-${hash([caller])}`
}

/** Of the JSON, in which no parts run together and every string, ill-formed ones too, looks different from all others. */
function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
