/**
 * Reads the body of an OpenAI-compatible answer, byte by byte if need be, into batches of events. It looks at what
 * really comes rather than at what was asked for or promised: an event stream, a whole completion as JSON, an error
 * as JSON in a 200, or an HTML page from some proxy.
 */
import type { ConversationEvent } from '../conversation/event.ts'
import { ConversationError } from '../error.ts'
import { MAX_EVENT_CHARS, SseDecoder, type SseEvent } from '../sse/decode.ts'
import { ChatChunkReader } from './chat-chunk.ts'
import { providerError } from './error.ts'
import { asFields, asText, type Fields } from './lenient.ts'

/** What the first character of a body gives away. */
type Framing = 'unknown' | 'events' | 'json' | 'html'

/** How a reader is set up. */
export interface ChatStreamReaderOptions {
  /**
   * The longest event, and the longest answer that is not streamed, in UTF-16 code units.
   * @default 16777216
   */
  readonly maxEventChars?: number
  /**
   * How many choices were asked for. A stream that ends with fewer, and without `[DONE]`, has been cut.
   * @default 1
   */
  readonly choices?: number
}

/**
 * Reads one answer. Failures do not throw: events that came before one must be delivered first, so `push` and `end`
 * return what they found, and `failure` is looked at after that.
 */
export class ChatStreamReader {
  readonly #maxEventChars: number
  readonly #sse: SseDecoder
  readonly #chunks = new ChatChunkReader()
  readonly #choices: number
  readonly #plain = new TextDecoder()
  #framing: Framing = 'unknown'
  #json = ''
  #events: ConversationEvent[] = []
  #failure: ConversationError | undefined
  #done = false

  constructor(options: ChatStreamReaderOptions = {}) {
    this.#maxEventChars = options.maxEventChars ?? MAX_EVENT_CHARS
    this.#choices = Math.max(1, options.choices ?? 1)
    this.#sse = new SseDecoder({
      maxEventChars: this.#maxEventChars,
      onEvent: (event) => this.#readEvent(event),
      onStrayLine: (line) => this.#readStrayLine(line),
    })
  }

  /** Why the answer failed, once it has. Nothing more is read then. */
  get failure(): ConversationError | undefined {
    return this.#failure
  }

  /** Whether the provider has said that the answer is over: the rest of the body is of no interest. */
  get done(): boolean {
    return this.#done
  }

  /** Whether every choice that was asked for has finished: a connection that breaks from here on has cost nothing but the last words. */
  get finished(): boolean {
    return this.#chunks.finished >= this.#choices && this.#chunks.finished === this.#chunks.begun
  }

  /** The events that these bytes complete; often none. */
  push(bytes: Uint8Array): ConversationEvent[] {
    if (this.#done || this.#failure) return []
    if (this.#framing === 'unknown') this.#framing = framingOf(bytes)
    if (this.#framing === 'json' || this.#framing === 'unknown')
      this.#pushJson(this.#plain.decode(bytes, { stream: true }))
    // White space, or a byte order mark that is cut, may begin either.
    if (this.#framing === 'json') return []
    if (this.#framing === 'html') this.#failure = notAnAnswer('an HTML page')
    else this.#pushEvents(bytes)
    return this.#take()
  }

  /** The body has ended. Returns the last events, and sets `failure` unless the answer was whole. */
  end(): ConversationEvent[] {
    if (this.#done || this.#failure) return []
    if (this.#framing === 'json') this.#readBody(this.#json + this.#plain.decode())
    else {
      this.#guard(() => this.#sse.end())
      if (!this.#done && !this.#failure && !this.finished) {
        this.#failure = this.#chunks.begun > 0 ? cutOff() : notAnAnswer('nothing of an answer')
      }
    }
    return this.#take()
  }

  #take(): ConversationEvent[] {
    const events = this.#events
    if (events.length > 0) this.#events = []
    return events
  }

  #pushEvents(bytes: Uint8Array): void {
    this.#guard(() => this.#sse.push(bytes))
  }

  #pushJson(text: string): void {
    this.#json += text
    if (this.#json.length > this.#maxEventChars) {
      this.#failure = new ConversationError(
        'protocol',
        `the provider's answer is too long: it may have at most ${this.#maxEventChars} characters`,
      )
    }
  }

  #guard(read: () => void): void {
    try {
      read()
    } catch (thrown) {
      this.#failure ??= ConversationError.from(thrown)
    }
  }

  #readEvent({ event, data, complete }: SseEvent): void {
    if (this.#done || this.#failure) return
    if (data === '[DONE]') {
      this.#finish()
      return
    }
    // Some proxies send their keep-alive comment inside a data line.
    if (data === '' || data.startsWith(':')) return
    const chunk = parse(data)
    if (!chunk) {
      // What a broken connection left of the token counts is no loss once every choice has finished.
      if (!complete && this.finished) return
      this.#failure = complete ? notAnAnswer('an event that is not a JSON object') : cutOff()
      return
    }
    if (event === 'error' || isError(chunk)) this.#failure = providerError(chunk)
    else this.#chunks.read(chunk, this.#events)
  }

  /** Some servers fail in the middle of a stream with the body that they would have answered with, bare. */
  #readStrayLine(line: string): void {
    if (this.#done || this.#failure || !line.startsWith('{')) return
    const body = parse(line)
    if (body && isError(body)) this.#failure = providerError(body)
  }

  #readBody(text: string): void {
    const body = parse(text)
    if (!body) {
      // A report of failure may stand before events that are none of its business.
      this.#readStrayLine(text.trimStart().split(/\r|\n/, 1)[0] ?? '')
      this.#failure ??= notAnAnswer('JSON that does not parse')
    } else if (isError(body)) {
      this.#failure = providerError(body)
    } else {
      this.#chunks.read(withIndexes(body), this.#events)
      this.#finish()
    }
  }

  #finish(): void {
    this.#done = true
    if (this.#chunks.begun > 0) this.#chunks.finishRest(this.#events)
    else this.#failure = notAnAnswer('no choice')
  }
}

function framingOf(bytes: Uint8Array): Framing {
  for (const byte of bytes) {
    // White space and the bytes of a byte order mark say nothing yet.
    if (byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf) continue
    if (byte === 0x7b) return 'json'
    return byte === 0x3c ? 'html' : 'events'
  }
  return 'unknown'
}

function parse(text: string): Fields | undefined {
  try {
    return asFields(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Whether an object is a report of failure: OpenAI's, vLLM's, or one of a server that has no choices to offer. */
function isError(body: Fields): boolean {
  if (body.error) return true
  if (body.choices !== undefined) return false
  return body.object === 'error' || asText(body.detail) !== undefined || asText(body.message) !== undefined
}

/** The calls of a whole message stand in order and have no index. */
function withIndexes(body: Fields): Fields {
  if (!Array.isArray(body.choices)) return body
  const choices = body.choices.map((value: unknown) => {
    const choice = asFields(value)
    const message = asFields(choice?.message)
    if (!choice || !message || !Array.isArray(message.tool_calls)) return value
    const calls = message.tool_calls.map((call: unknown, index) => ({ ...asFields(call), index }))
    return { ...choice, message: { ...message, tool_calls: calls } }
  })
  return { ...body, choices }
}

function cutOff(): ConversationError {
  return new ConversationError(
    'interrupted',
    'the provider ended the stream before the answer was complete: no finish reason came',
  )
}

function notAnAnswer(what: string): ConversationError {
  return new ConversationError('protocol', `the provider answered with ${what} where a chat completion was expected`)
}
