/** An answer as it arrives: OpenAI's chunks, or only the text, or typed events; and the whole of it at the end. */
import { ChatChunkWriter, type ChatCompletionChunk as WireChunk } from '@dapr-chat/protocol/openai'
import { InvalidRequestError, type PartialAnswer } from './errors.ts'
import { type ChatResult, withoutEmptyModel } from './result.ts'
import { sseResponse } from './sse-response.ts'
import { type StreamEvent, turnEvents } from './stream-event.ts'
import type { StreamingMode } from './transport/transport.ts'
import { isBatch, type Turn } from './turn.ts'
import type { ChatWarning } from './warning.ts'

/** One chunk of an answer, in OpenAI's shape. */
export interface ChatCompletionChunk extends Omit<WireChunk, 'model'> {
  /** The model that answers; absent where the runtime does not say. */
  readonly model?: string
  /** The program's name for the conversation, where it gave one. */
  readonly context_id?: string
}

/**
 * An answer as it arrives. It is read once: by iterating over the stream itself, over `textStream` or over `events`.
 * Leaving the loop ends the call without an error; `cancel()` and the call's signal make it throw `AbortedError`. What
 * had arrived by then stays in `partial`.
 */
export class ChatStream<T = never> implements AsyncIterable<ChatCompletionChunk>, AsyncDisposable {
  readonly #turn: Turn<T>
  #reading = false

  /** Streams are made by `DaprChatClient.generateStream`. */
  constructor(turn: Turn<T>) {
    this.#turn = turn
  }

  /**
   * OpenAI's chunks: a piece of output each, then for every choice one with its finish reason, then one without choices
   * that holds the token counts, if they were reported. Where tools are run, the chunks of the next step follow.
   * @throws InvalidRequestError where the stream is being read already.
   */
  [Symbol.asyncIterator](): AsyncGenerator<ChatCompletionChunk> {
    this.#claim()
    return this.#chunks()
  }

  /** The text of the first choice, piece by piece, of all steps. */
  get textStream(): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => this.#claim().#text() }
  }

  /** The first choice as typed events. */
  get events(): AsyncIterable<StreamEvent> {
    return { [Symbol.asyncIterator]: () => turnEvents(this.#claim().#turn) }
  }

  /**
   * The whole answer. Where nobody reads the stream, asking for this does. Rejects with the error that ended the
   * stream, and with `AbortedError` where its reader left early.
   */
  get result(): Promise<ChatResult<T>> {
    // A turn later, so that a loop that begins right after this line is the reader.
    queueMicrotask(() => {
      if (!this.#reading) this.#claim().#drain()
    })
    return this.#turn.result
  }

  /** What has arrived so far of the step that is being read. */
  get partial(): PartialAnswer {
    return this.#turn.partial
  }

  /** How the tokens come, known once the answer's head has arrived. Asking for this makes the call. */
  get mode(): Promise<StreamingMode> {
    const mode = this.#turn.open().then((answer) => answer.mode)
    mode.catch(() => {})
    return mode
  }

  /** What is done otherwise than asked, as far as it is known once the answer's head has arrived. Asking makes the call. */
  get warnings(): Promise<readonly ChatWarning[]> {
    const warnings = this.#turn.open().then((answer) => answer.warnings)
    warnings.catch(() => {})
    return warnings
  }

  /** Stops the call: whoever reads the stream gets `AbortedError`, with the reason as its cause. */
  cancel(reason?: unknown): void {
    this.#turn.cancel('the stream was cancelled', reason)
  }

  /**
   * The chunks as server-sent events, for a web server to return: `data: [DONE]` only after a clean end, a failure as
   * an event with `error`. A receiver who leaves ends the call.
   * @param init status and headers of the response.
   */
  toSSEResponse(init?: ResponseInit): Response {
    return sseResponse(this, init)
  }

  /** Ends the call if it is still running. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#turn.cancel('the stream was disposed')
  }

  #claim(): this {
    if (this.#reading) {
      throw new InvalidRequestError(
        'Cannot read the stream twice: it must be iterated once, by itself, textStream, events or result',
      )
    }
    this.#reading = true
    return this
  }

  async *#chunks(): AsyncGenerator<ChatCompletionChunk> {
    const { id, created, contextId } = this.#turn.envelope
    const context = contextId !== undefined && { context_id: contextId }
    const dress = (chunk: WireChunk): ChatCompletionChunk => ({ ...withoutEmptyModel(chunk), ...context })
    const newWriter = () => new ChatChunkWriter({ id, created, model: '', includeUsage: true })
    let writer = newWriter()
    for await (const item of this.#turn.items()) {
      if (isBatch(item)) {
        for (const chunk of writer.write(item)) yield dress(chunk)
      } else if (item.type === 'answer-end') {
        for (const chunk of writer.end()) yield dress(chunk)
        writer = newWriter()
      }
    }
  }

  async *#text(): AsyncGenerator<string> {
    for await (const item of this.#turn.items()) {
      if (!isBatch(item)) continue
      for (const event of item) if (event.type === 'text-delta' && event.choice === 0) yield event.text
    }
  }

  async #drain(): Promise<void> {
    try {
      for await (const _ of this.#turn.items());
    } catch {
      // The promise of the result has it.
    }
  }
}
