/** The answers that a response cache holds: in memory, bounded in number, in bytes and in time. */
import type { ConversationEvent } from '@dapr-chat/protocol'
import { LRUCache } from 'lru-cache'

/** One answer, in the batches in which it came. */
export type StoredAnswer = readonly (readonly ConversationEvent[])[]

/** How much may be kept, and for how long. */
export interface AnswerLimits {
  /** How long an answer is given again, in milliseconds from when it was stored; at 0 and below it expires at once. */
  readonly ttlMs: number
  /** The most answers. */
  readonly maxEntries: number
  /** The most bytes of memory, by estimate. */
  readonly maxBytes: number
}

/** What an event takes beside its texts: the object, its numbers and its place in the batch. An estimate. */
const BYTES_PER_EVENT = 96

/** No answer may push out all the others. */
const ENTRY_SHARE = 8

/** Answers by key; the one unused for longest goes first. */
export class AnswerStore {
  /** The largest answer that is kept, in bytes by the estimate of `sizeOf`. */
  readonly maxAnswerBytes: number
  readonly #answers: LRUCache<string, StoredAnswer> | undefined

  /**
   * @param now a clock in milliseconds, for tests.
   * @throws RangeError for limits that leave no room.
   */
  constructor({ ttlMs, maxEntries, maxBytes }: AnswerLimits, now?: () => number) {
    for (const [name, value] of Object.entries({
      responseCacheMaxEntries: maxEntries,
      responseCacheMaxBytes: maxBytes,
    })) {
      if (value < 1) throw new RangeError(`metadata "${name}" must be at least 1: current value is ${value}`)
    }
    this.maxAnswerBytes = Math.ceil(maxBytes / ENTRY_SHARE)
    // To the library a time of 0 means for ever.
    if (ttlMs <= 0) return
    this.#answers = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      maxEntrySize: this.maxAnswerBytes,
      // A fraction of a millisecond is more than nothing.
      ttl: Math.ceil(ttlMs),
      ...(now && { perf: { now }, ttlResolution: 0 }),
    })
  }

  /** The answer of a key, if there is one that has not expired. */
  get(key: string): StoredAnswer | undefined {
    return this.#answers?.get(key)
  }

  /** Keeps an answer, unless it is too large. */
  set(key: string, answer: StoredAnswer, bytes: number): void {
    this.#answers?.set(key, answer, { size: bytes })
  }
}

/** What a batch takes in memory, in bytes; at least 1. An estimate: two for each character, and something for each event. */
export function sizeOf(batch: readonly ConversationEvent[]): number {
  let bytes = 1
  for (const event of batch) {
    bytes += BYTES_PER_EVENT
    for (const value of Object.values(event)) if (typeof value === 'string') bytes += 2 * value.length
  }
  return bytes
}
