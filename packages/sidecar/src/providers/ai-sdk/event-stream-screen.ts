/**
 * The screen for answers in `text/event-stream`. It frames the stream itself, so that line ends, comments and missing
 * blank lines are read as everywhere in this project, an event that never ends has a limit, a report of failure keeps
 * its kind, and events that a package would stumble over never reach it. Anthropic and Gemini are read through it.
 */
import { ConversationError } from '@dapr-chat/protocol'
import { asFields, asList, type Fields, providerError } from '@dapr-chat/protocol/openai'
import { encodeSse, MAX_EVENT_CHARS, SseDecoder, type SseEvent } from '@dapr-chat/protocol/sse'
import { cutOff, notAnAnswer } from './failure.ts'
import { noBytes, type Screen } from './screen.ts'

/** One vendor's events, read one after the other; it keeps what it needs to know of the answer so far. */
export interface EventDialect {
  /** Whether the finish reason has come. */
  readonly finished: boolean
  /** Whether the vendor's last event has come. */
  readonly done: boolean
  /** The model that answers, where the events say it and the package does not. */
  readonly model: string | undefined
  /** The event as the package can read it, or nothing where the package must not see it. */
  read(event: Fields): Fields | undefined
  /** The events that an answer which was not streamed would have come in; `undefined` where it is no answer. */
  split(body: Fields): readonly Fields[] | undefined
  /** The events that are missing from an answer that ended after its finish reason. */
  missing(): readonly Fields[]
}

/** What the first character of a body gives away. */
type Framing = 'unknown' | 'events' | 'json' | 'html'

export class EventStreamScreen implements Screen {
  readonly #dialect: EventDialect
  readonly #maxEventChars: number
  readonly #sse: SseDecoder
  readonly #plain = new TextDecoder()
  readonly #encoder = new TextEncoder()
  #framing: Framing = 'unknown'
  #json = ''
  #passed = ''
  #begun = false
  #failure: ConversationError | undefined

  /** @param maxEventChars the longest event, and the longest answer that is not streamed, in UTF-16 code units. */
  constructor(dialect: EventDialect, maxEventChars: number = MAX_EVENT_CHARS) {
    this.#dialect = dialect
    this.#maxEventChars = maxEventChars
    this.#sse = new SseDecoder({ maxEventChars, onEvent: (event) => this.#read(event) })
  }

  get failure(): ConversationError | undefined {
    return this.#failure
  }

  get done(): boolean {
    return this.#dialect.done
  }

  get finished(): boolean {
    return this.#dialect.finished
  }

  get model(): string | undefined {
    return this.#dialect.model
  }

  push(bytes: Uint8Array): Uint8Array {
    if (this.done || this.#failure) return noBytes
    if (this.#framing === 'unknown') this.#framing = framingOf(bytes)
    // White space, or a byte order mark that is cut, may begin either.
    if (this.#framing === 'json' || this.#framing === 'unknown') {
      this.#json += this.#plain.decode(bytes, { stream: true })
      if (this.#json.length > this.#maxEventChars) this.#failure = tooLong(this.#maxEventChars)
    }
    if (this.#framing === 'html') this.#failure = notAnAnswer('an HTML page')
    if (this.#framing === 'events' || this.#framing === 'unknown') this.#guard(() => this.#sse.push(bytes))
    return this.#take()
  }

  end(): Uint8Array {
    if (this.done || this.#failure) return noBytes
    if (this.#framing === 'json') this.#readBody(this.#json + this.#plain.decode())
    else this.#guard(() => this.#sse.end())
    if (!this.#begun) this.#failure ??= notAnAnswer('nothing of an answer')
    if (!this.#failure && this.finished) for (const event of this.#dialect.missing()) this.#pass(event)
    return this.#take()
  }

  #take(): Uint8Array {
    if (this.#passed === '') return noBytes
    const bytes = this.#encoder.encode(this.#passed)
    this.#passed = ''
    return bytes
  }

  #guard(read: () => void): void {
    try {
      read()
    } catch (thrown) {
      this.#failure ??= ConversationError.from(thrown)
    }
  }

  #read({ event: name, data, complete }: SseEvent): void {
    if (this.done || this.#failure) return
    // Keep-alives: empty, or a comment inside a data line. And a word of OpenAI's that some proxies add.
    if (data === '' || data.startsWith(':') || data === '[DONE]') return
    const event = parse(data)
    if (!event) {
      // What a broken connection left of an event after the finish reason is no loss.
      if (!complete && this.finished) return
      this.#failure = complete ? notAnAnswer('an event that is not a JSON object') : cutOff()
      return
    }
    if (name === 'error' || event.error) {
      this.#failure = providerError(event)
      return
    }
    const known = this.#readKnown(event)
    // The text as it came, unless it was changed, or stood on several lines.
    if (known === event && !data.includes('\n')) this.#passed += encodeSse(data)
    else if (known) this.#passed += encodeSse(JSON.stringify(known))
  }

  #readBody(text: string): void {
    const body = parse(text)
    const events = body?.error ? undefined : body && this.#dialect.split(body)
    if (events) for (const event of events) this.#pass(event)
    else if (body?.error) this.#failure = providerError(body)
    else this.#failure = notAnAnswer('JSON that is no answer')
  }

  #pass(event: Fields): void {
    const known = this.#readKnown(event)
    if (known) this.#passed += encodeSse(JSON.stringify(known))
  }

  #readKnown(event: Fields): Fields | undefined {
    const known = this.#dialect.read(event)
    if (known) this.#begun = true
    return known
  }
}

function framingOf(bytes: Uint8Array): Framing {
  for (const byte of bytes) {
    // White space and the bytes of a byte order mark say nothing yet.
    if (byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf) continue
    if (byte === 0x7b || byte === 0x5b) return 'json'
    return byte === 0x3c ? 'html' : 'events'
  }
  return 'unknown'
}

/** The object of a JSON text. Google wraps the chunks of an answer, or the one error, in a list. */
function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (!Array.isArray(value)) return asFields(value)
    return value.length === 1 ? asFields(value[0]) : { list: asList(value) }
  } catch {
    return undefined
  }
}

function tooLong(limit: number): ConversationError {
  return new ConversationError('protocol', `the provider's answer is too long: it may have at most ${limit} characters`)
}
