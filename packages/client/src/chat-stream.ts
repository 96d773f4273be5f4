/** An answer as it arrives: OpenAI's chunks, or only the text, or typed events; and the whole of it at the end. */
import type { ConversationEvent } from '@dapr-chat/protocol'
import { ChatChunkWriter, type ChatCompletionChunk as WireChunk } from '@dapr-chat/protocol/openai'
import type { Answer } from './answer.ts'
import { AbortedError, InvalidRequestError, type PartialAnswer } from './errors.ts'
import { type ChatResult, type Envelope, makeResult, withoutEmptyModel } from './result.ts'
import { ChatEventWriter, type StreamEvent } from './stream-event.ts'
import type { StreamingMode } from './transport/transport.ts'

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
export class ChatStream implements AsyncIterable<ChatCompletionChunk>, AsyncDisposable {
  readonly #answer: Answer
  readonly #envelope: Envelope
  readonly #settled = Promise.withResolvers<ChatResult>()
  #reading = false

  /** Streams are made by `DaprChatClient.generateStream`. */
  constructor(answer: Answer, envelope: Envelope) {
    this.#answer = answer
    this.#envelope = envelope
    // Whoever iterates gets the error there; the promise must not report it a second time as unhandled.
    this.#settled.promise.catch(() => {})
  }

  /**
   * OpenAI's chunks: a piece of output each, then for every choice one with its finish reason, then one without choices
   * that holds the token counts, if they were reported.
   * @throws InvalidRequestError where the stream is being read already.
   */
  [Symbol.asyncIterator](): AsyncGenerator<ChatCompletionChunk> {
    this.#claim()
    return this.#chunks()
  }

  /** The text of the first choice, piece by piece. */
  get textStream(): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => this.#claim().#text() }
  }

  /** The first choice as typed events. */
  get events(): AsyncIterable<StreamEvent> {
    return { [Symbol.asyncIterator]: () => this.#claim().#events() }
  }

  /**
   * The whole answer. Where nobody reads the stream, asking for this does. Rejects with the error that ended the
   * stream, and with `AbortedError` where its reader left early.
   */
  get result(): Promise<ChatResult> {
    // A turn later, so that a loop that begins right after this line is the reader.
    queueMicrotask(() => {
      if (!this.#reading) this.#claim().#drain()
    })
    return this.#settled.promise
  }

  /** What has arrived so far. */
  get partial(): PartialAnswer {
    return this.#answer.partial
  }

  /** How the tokens come, known once the answer's head has arrived. Asking for this makes the call. */
  get mode(): Promise<StreamingMode> {
    const mode = this.#answer.open().then((answer) => answer.mode)
    mode.catch(() => {})
    return mode
  }

  /** Stops the call: whoever reads the stream gets `AbortedError`, with the reason as its cause. */
  cancel(reason?: unknown): void {
    this.#answer.cancel('the stream was cancelled', reason)
  }

  /** Ends the call if it is still running. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#answer.cancel('the stream was disposed')
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
    const { id, created, contextId } = this.#envelope
    const writer = new ChatChunkWriter({ id, created, model: '', includeUsage: true })
    const dress = (chunk: WireChunk): ChatCompletionChunk => ({
      ...withoutEmptyModel(chunk),
      ...(contextId !== undefined && { context_id: contextId }),
    })
    for await (const batch of this.#batches()) for (const chunk of writer.write(batch)) yield dress(chunk)
    for (const chunk of writer.end()) yield dress(chunk)
  }

  async *#text(): AsyncGenerator<string> {
    for await (const batch of this.#batches()) {
      for (const event of batch) if (event.type === 'text-delta' && event.choice === 0) yield event.text
    }
  }

  async *#events(): AsyncGenerator<StreamEvent> {
    const writer = new ChatEventWriter()
    let started = false
    for await (const batch of this.#batches()) {
      if (!started) {
        const { mode, component } = await this.#answer.open()
        yield { type: 'start', mode, component }
        started = true
      }
      yield* writer.write(batch)
    }
    const { finishReason, usage, metrics } = await this.#settled.promise
    yield { type: 'finish', finishReason, ...(usage && { usage }), metrics }
  }

  async #drain(): Promise<void> {
    try {
      for await (const _ of this.#batches());
    } catch {
      // The promise of the result has it.
    }
  }

  /** All readers read through here: the promise of the result is settled when they have, or have left. */
  async *#batches(): AsyncGenerator<readonly ConversationEvent[]> {
    let left = true
    try {
      yield* this.#answer.batches()
      left = false
    } catch (error) {
      left = false
      this.#settled.reject(error)
      throw error
    } finally {
      if (left && !this.#answer.finished) {
        this.#settled.reject(new AbortedError('The stream was left before its end: there is no whole answer'))
      } else if (this.#answer.finished) {
        await this.#succeed()
      }
    }
  }

  async #succeed(): Promise<void> {
    const { mode, warnings } = await this.#answer.open()
    const { result, meter, partial } = this.#answer
    const metrics = meter.metrics(partial.text, partial.usage, mode)
    this.#settled.resolve(makeResult(result, this.#envelope, metrics, warnings))
  }
}
