/**
 * A part of the index of one caller's conversations, as it stands in the state store: Dapr's state API cannot list keys.
 * Each turn puts its conversation in anew, so that what a failed write has left out or left wrong is made good by the next.
 */
import type { StoredConversation } from '../conversation-store.ts'
import type { EntryForm } from './update-entry.ts'

/** A conversation in the index. Times are milliseconds since 1970. */
export interface IndexedConversation extends StoredConversation {
  /** That of its last turn. */
  readonly sequence: number
  /** `null`: never. */
  readonly expiresAt: number | null
}

/** A part of the index. */
export interface IndexEntry {
  readonly version: 1
  /** By the key of the conversation. */
  readonly conversations: Readonly<Record<string, IndexedConversation>>
}

/** How much a part of the index holds. */
export interface IndexLimits {
  readonly maxConversations: number
  readonly maxBytes: number
}

/** How parts of the index stand in the store. What has expired is not among what is read, and is gone with the next write. */
export function indexForm(now: () => number): EntryForm<IndexEntry> {
  return {
    parse(value) {
      if (!isIndex(value)) throw new Error('it must be an index of this version of dapr-chat')
      const alive = Object.entries(value.conversations).filter(
        ([, { expiresAt }]) => expiresAt === null || expiresAt > now(),
      )
      return { version: 1, conversations: Object.fromEntries(alive) }
    },
    ttlMs({ conversations }) {
      const ends = Object.values(conversations).map(({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY)
      const last = Math.max(now() + 1, ...ends)
      return Number.isFinite(last) ? last - now() : 0
    },
  }
}

/** The index with a conversation; of two writers of the same one, the later turn stays. Those of long ago make room. */
export function withConversation(
  present: IndexEntry | undefined,
  key: string,
  conversation: IndexedConversation,
  limits: IndexLimits,
): IndexEntry {
  const known = present?.conversations[key]
  if (known && isLater(known, conversation)) return present
  const all = Object.entries({ ...present?.conversations, [key]: conversation })
  return { version: 1, conversations: Object.fromEntries(newest(all, limits)) }
}

/** The index without a conversation, unless it has had a turn after that time. */
export function withoutConversation(present: IndexEntry | undefined, key: string, until: number): IndexEntry {
  const { [key]: known, ...others } = present?.conversations ?? {}
  if (known && known.updatedAt > until) return { version: 1, conversations: { ...others, [key]: known } }
  return { version: 1, conversations: others }
}

function isLater(a: IndexedConversation, b: IndexedConversation): boolean {
  return a.updatedAt === b.updatedAt ? a.sequence > b.sequence : a.updatedAt > b.updatedAt
}

function newest(
  all: readonly [key: string, conversation: IndexedConversation][],
  { maxConversations, maxBytes }: IndexLimits,
): readonly [key: string, conversation: IndexedConversation][] {
  const sorted = all.toSorted(([, a], [, b]) => b.updatedAt - a.updatedAt).slice(0, maxConversations)
  let bytes = 0
  const fitting = sorted.findIndex((entry) => {
    bytes += Buffer.byteLength(JSON.stringify(entry))
    return bytes > maxBytes
  })
  return fitting === -1 ? sorted : sorted.slice(0, fitting)
}

function isIndex(value: unknown): value is IndexEntry {
  const entry = value as Partial<IndexEntry> | null
  return (
    typeof entry === 'object' &&
    entry?.version === 1 &&
    typeof entry.conversations === 'object' &&
    entry.conversations !== null
  )
}
