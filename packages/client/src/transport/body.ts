/** Reads the body of a `fetch` answer one read at a time: the sources beside this pull only what is asked for. */
import { ConversationError } from '@dapr-chat/protocol'

/** How long a sender that has said everything may take to close the body before the connection is dropped. */
const LINGER_MS = 1_000

/** The body of one answer. */
export class BodyReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  readonly #signal: AbortSignal
  #ended = false
  #lingering = false

  /** `signal` is the one that the request was made with. */
  constructor(response: Response, signal: AbortSignal) {
    this.#reader = response.body?.getReader()
    this.#signal = signal
    if (!this.#reader) this.#ended = true
  }

  /**
   * What the next read brings; `undefined` at the end.
   * @throws ConversationError `interrupted` where the connection breaks; the signal's reason when it is aborted.
   */
  async read(): Promise<Uint8Array | undefined> {
    if (!this.#reader || this.#ended) return undefined
    try {
      const { done, value } = await this.#reader.read()
      this.#ended = done
      return value
    } catch (cause) {
      this.#ended = true
      this.#signal.throwIfAborted()
      throw new ConversationError('interrupted', 'the connection broke before the answer was complete', { cause })
    }
  }

  /** The whole body as text. */
  async text(): Promise<string> {
    const decoder = new TextDecoder()
    let text = ''
    for (let bytes = await this.read(); bytes; bytes = await this.read())
      text += decoder.decode(bytes, { stream: true })
    return text + decoder.decode()
  }

  /** Drops the connection, unless the body has been read to its end or lingers. */
  cancel(): void {
    if (!this.#lingering) this.#drop()
  }

  /**
   * To be called after the last word: reads on until the sender closes the body, so that the connection can be used
   * again, and drops it where that takes too long. Nobody waits for this.
   */
  linger(): void {
    if (this.#ended) return
    this.#lingering = true
    const timer = setTimeout(() => this.#drop(), LINGER_MS)
    this.#drain()
      .catch(() => {})
      .finally(() => clearTimeout(timer))
  }

  #drop(): void {
    if (this.#ended) return
    this.#ended = true
    this.#reader?.cancel().catch(() => {})
  }

  async #drain(): Promise<void> {
    while (await this.read());
  }
}
