/** An answer on its way to the caller, remembered as it passes, and judged when it is over. */
import type { ConversationEvent, FinishReason } from '@dapr-chat/protocol'
import { type StoredAnswer, sizeOf } from './answer-store.ts'

/** What an answer must have ended with to be worth giving again: others are cut off, withheld, or of unknown worth. */
const CLEAN: ReadonlySet<FinishReason> = new Set(['stop', 'tool_calls'])

/** Holds the batches of one answer for as long as it may still be kept. */
export class Recording {
  readonly #maxBytes: number
  readonly #batches: (readonly ConversationEvent[])[] = []
  readonly #open = new Set<number>()
  #finished = false
  #discarded = false
  #bytes = 0

  /** @param maxBytes the size beyond which nothing more is remembered. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Takes in what the caller gets next. */
  add(batch: readonly ConversationEvent[]): void {
    if (this.#discarded) return
    this.#bytes += sizeOf(batch)
    if (this.#bytes > this.#maxBytes || !batch.every((event) => this.#isClean(event))) {
      this.#discarded = true
      this.#batches.length = 0
      return
    }
    this.#batches.push(batch)
  }

  /** The answer with its size in bytes, once it is over; `undefined` where it is not complete, not clean or too large. */
  get answer(): { readonly batches: StoredAnswer; readonly bytes: number } | undefined {
    if (this.#discarded || !this.#finished || this.#open.size > 0) return undefined
    return { batches: this.#batches, bytes: this.#bytes }
  }

  #isClean(event: ConversationEvent): boolean {
    if (event.type === 'finish') {
      this.#open.delete(event.choice)
      this.#finished = true
      return CLEAN.has(event.reason)
    }
    if ('choice' in event) this.#open.add(event.choice)
    return true
  }
}
