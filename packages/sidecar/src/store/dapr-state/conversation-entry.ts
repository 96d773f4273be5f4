/** One conversation as it stands in the state store, whole under one key: what it holds, and what a turn makes of it. */
import type { JsonObject } from '@dapr-chat/protocol'
import type { NewTurn, Retention } from '../conversation-store.ts'
import { messagesToJson } from '../message-json.ts'
import type { EntryForm } from './update-entry.ts'

/** A turn, its messages as JSON. */
export interface TurnEntry {
  readonly sequence: number
  readonly createdAt: number
  readonly messages: readonly JsonObject[]
}

/** A conversation. Times are milliseconds since 1970. */
export interface ConversationEntry {
  readonly version: 1
  readonly instructions: readonly JsonObject[]
  /** Oldest first, and never none. */
  readonly turns: readonly TurnEntry[]
  readonly updatedAt: number
  /** `null`: never. */
  readonly expiresAt: number | null
}

/** How much room a conversation has. */
export interface EntryLimits extends Retention {
  /** The most bytes of the entry. */
  readonly maxBytes: number
}

/**
 * How conversations stand in the store. Where the state component does not let go of what has expired, or by another
 * clock, `now` decides.
 */
export function conversationForm(now: () => number): EntryForm<ConversationEntry> {
  return {
    parse(value) {
      if (!isConversation(value)) throw new Error('it must be a conversation of this version of dapr-chat')
      return value.expiresAt !== null && value.expiresAt <= now() ? undefined : value
    },
    ttlMs: ({ expiresAt }) => (expiresAt === null ? 0 : Math.max(1, expiresAt - now())),
  }
}

/**
 * The conversation after a turn. The oldest turns go where there are too many, or no room for them.
 * @throws Error for a turn that does not fit by itself.
 */
export function withTurn(
  present: ConversationEntry | undefined,
  { instructions, messages }: NewTurn,
  now: number,
  { maxTurns, maxBytes, ttlMs }: EntryLimits,
): ConversationEntry {
  const sequence = 1 + (present?.turns.at(-1)?.sequence ?? 0)
  const turn: TurnEntry = { sequence, createdAt: now, messages: messagesToJson(messages) }
  const entry: ConversationEntry = {
    version: 1,
    instructions: instructions ? messagesToJson(instructions) : (present?.instructions ?? []),
    turns: [...(present?.turns ?? []), turn].slice(-maxTurns),
    // The clocks of replicas differ; what counts as later is what was written later.
    updatedAt: Math.max(now, present?.updatedAt ?? 0),
    expiresAt: ttlMs > 0 ? Math.ceil(now + ttlMs) : null,
  }
  const empty = bytesOf({ ...entry, turns: [] })
  const turns = newestThatFit(entry.turns, maxBytes - empty)
  if (turns.length > 0) return { ...entry, turns }
  throw new Error(
    `the turn must have at most ${maxBytes} bytes with the instructions: current value is ${empty + bytesOf(turn)}: raise --store-max-conversation-size`,
  )
}

function newestThatFit(turns: readonly TurnEntry[], room: number): readonly TurnEntry[] {
  let first = turns.length
  let left = room
  while (first > 0) {
    // One more for the comma.
    left -= bytesOf(turns[first - 1]) + 1
    if (left < 0) break
    first--
  }
  return turns.slice(first)
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

function isConversation(value: unknown): value is ConversationEntry {
  const entry = value as Partial<ConversationEntry> | null
  return (
    typeof entry === 'object' &&
    entry?.version === 1 &&
    Array.isArray(entry.instructions) &&
    Array.isArray(entry.turns) &&
    typeof entry.updatedAt === 'number' &&
    (entry.expiresAt === null || typeof entry.expiresAt === 'number')
  )
}
