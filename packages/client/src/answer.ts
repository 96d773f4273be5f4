/** One question and its answer, from the first byte sent to the last batch read. `Turn` makes one for each step. */
import {
  ConversationError,
  type ConversationEvent,
  type ConversationResult,
  isOutput,
  ResultFold,
} from '@dapr-chat/protocol'
import { abortable, type CallSignal } from './abortable.ts'
import { toChatError } from './chat-error.ts'
import type { DaprChatError, PartialAnswer } from './errors.ts'
import type { Meter } from './metrics.ts'
import { partialAnswer } from './result.ts'
import type { OpenAnswer } from './sources.ts'

/** The life of one answer. Nothing happens until it is opened or read. */
export class Answer {
  readonly #ask: (signal: AbortSignal) => Promise<OpenAnswer>
  readonly #call: CallSignal
  readonly #meter: Meter
  readonly #fold = new ResultFold()
  #opening: Promise<OpenAnswer> | undefined
  #component: string | undefined
  #begun = false

  /** The signal and the clock are the whole call's, which may have several answers. */
  constructor(ask: (signal: AbortSignal) => Promise<OpenAnswer>, call: CallSignal, meter: Meter) {
    this.#ask = ask
    this.#call = call
    this.#meter = meter
  }

  /** Asks, once, and waits for the answer's head. */
  open(): Promise<OpenAnswer> {
    this.#opening ??= this.#open()
    return this.#opening
  }

  /**
   * The answer, batch by batch; to be read once. Leaving early ends the call.
   * @throws DaprChatError of every kind.
   */
  async *batches(): AsyncGenerator<readonly ConversationEvent[]> {
    const { events } = await this.open()
    const iterator = events[Symbol.asyncIterator]()
    let ended = false
    try {
      while (true) {
        const { done, value } = await abortable(iterator.next(), this.#call.signal)
        if (done) break
        this.#add(value)
        yield value
      }
      ended = true
      // Throws where the answer lacks its finish reason: a stream that was cut must not look like a success.
      void this.#fold.result
    } catch (thrown) {
      // Only the last words are missing: the answer itself is whole.
      if (this.finished && thrown instanceof ConversationError && thrown.code === 'interrupted') {
        ended = true
        return
      }
      throw this.#fail(thrown)
    } finally {
      if (!ended) {
        // The signal frees a source that is waiting, `return` one that is not. Neither is waited for.
        this.#call.cancel('the reader left the stream')
        iterator.return?.().catch(() => {})
      }
    }
  }

  /** Whether every choice has its finish reason. */
  get finished(): boolean {
    return this.#fold.finished
  }

  /** What has arrived. */
  get partial(): PartialAnswer {
    return partialAnswer(this.#fold.partial)
  }

  /** What has arrived, all of it, in the vocabulary's words. */
  get arrived(): ConversationResult {
    return this.#fold.partial
  }

  /** The whole answer, once it is finished. */
  get result(): ConversationResult {
    return this.#fold.result
  }

  async #open(): Promise<OpenAnswer> {
    const { signal } = this.#call
    try {
      signal.throwIfAborted()
      const answer = await abortable(this.#ask(signal), signal)
      this.#component = answer.component
      return answer
    } catch (thrown) {
      throw this.#fail(thrown)
    }
  }

  #add(batch: readonly ConversationEvent[]): void {
    let outputs = 0
    for (const event of batch) {
      this.#fold.add(event)
      if (isOutput(event)) outputs++
    }
    this.#meter.arrived(outputs)
    this.#begun ||= outputs > 0
  }

  #fail(thrown: unknown): DaprChatError {
    return toChatError(thrown, {
      component: this.#component,
      partial: this.#begun ? this.partial : undefined,
      stopped: this.#call.signal.aborted,
    })
  }
}
