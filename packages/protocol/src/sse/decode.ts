/**
 * Reads `text/event-stream` in whatever pieces it arrives: any mix of CR, LF and CRLF, characters and lines cut
 * anywhere, a byte order mark, comments, several `data:` lines to an event. Used by the sidecar towards providers and
 * by the client towards the sidecar.
 */
import { createParser, type EventSourceParser } from 'eventsource-parser'
import { ConversationError } from '../error.ts'

/** One event of a stream. */
export interface SseEvent {
  /** The event's name; `message` where the stream names none. */
  readonly event: string
  readonly data: string
  /**
   * Whether the blank line that ends an event was there. The standard discards an event that the stream's end cuts
   * off; readers of JSON accept it if it parses, because some providers forget the last blank line.
   */
  readonly complete: boolean
}

/** How a decoder reports and how much it holds. */
export interface SseDecoderOptions {
  onEvent(event: SseEvent): void
  /** Is told of lines that the standard says to ignore because they name no field of an event. */
  onStrayLine?(line: string): void
  /**
   * The longest event, in UTF-16 code units, before the stream is given up.
   * @default 16777216
   */
  readonly maxEventChars?: number
}

/** The longest event accepted by default: room for megabytes of tool arguments, an end to an event that never ends. */
export const MAX_EVENT_CHARS = 16 * 1024 * 1024

/** An incremental decoder of one stream. */
export class SseDecoder {
  readonly #text = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #parser: EventSourceParser
  readonly #maxEventChars: number
  #complete = true
  #overflow = false

  constructor(options: SseDecoderOptions) {
    const maxEventChars = options.maxEventChars ?? MAX_EVENT_CHARS
    this.#parser = createParser({
      maxBufferSize: maxEventChars,
      onEvent: ({ event, data }) => options.onEvent({ event: event ?? 'message', data, complete: this.#complete }),
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded') this.#overflow = true
        else if (error.type === 'unknown-field' && error.line !== undefined) options.onStrayLine?.(error.line)
      },
    })
    this.#maxEventChars = maxEventChars
  }

  /**
   * Takes in what one read brought; `onEvent` is called before this returns, once for each event that became whole.
   * @throws ConversationError `protocol` when an event grows past `maxEventChars`.
   */
  push(bytes: Uint8Array): void {
    this.#feed(this.#text.decode(bytes, { stream: true }))
  }

  /** The stream has ended: what is left without its blank line is reported as not `complete`. */
  end(): void {
    this.#feed(this.#text.decode())
    this.#complete = false
    this.#feed('\n\n')
  }

  #feed(text: string): void {
    if (text !== '') this.#parser.feed(text)
    if (this.#overflow) {
      throw new ConversationError(
        'protocol',
        `the stream holds an event that does not end: an event may have at most ${this.#maxEventChars} characters`,
      )
    }
  }
}
