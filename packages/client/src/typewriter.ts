/** Shows an answer as if it were typed, for terminals: it is only the display that is slowed down, not the reading. */
import { ConversationError } from '@dapr-chat/protocol'
import { abortable, CallSignal, pause } from './abortable.ts'
import { toChatError } from './chat-error.ts'
import { InvalidRequestError } from './errors.ts'

/** Where the text goes: `process.stdout`, or anything that takes text. */
export interface TextWriter {
  /** `false` asks to wait for the event `drain`, as Node's streams do. */
  write(text: string): unknown
  once?(event: 'drain', listener: () => void): unknown
  /** Whether people look at it; without this the text is written as it arrives. */
  readonly isTTY?: boolean | undefined
}

/** How it is typed. */
export interface TypewriterOptions {
  /**
   * Characters, as people see them, for each second.
   * @default 50
   */
  readonly charsPerSecond?: number
  /** Ends the typing, and with it the call. */
  readonly signal?: AbortSignal
  /**
   * `false` writes the text as it arrives, on a terminal too.
   * @default true
   */
  readonly typing?: boolean
}

/** What can be typed: a `ChatStream`, or anything with text that arrives. */
export interface TypedStream {
  readonly textStream: AsyncIterable<string>
  /** Stops whatever the text comes from. */
  cancel?(reason?: unknown): void
}

/**
 * Writes the text of a stream, character by character, and returns it. Text that arrives faster than it is typed waits
 * in memory, so that the call is as fast as the model and its metrics know nothing of the typing. What had arrived
 * before a failure is still typed.
 * @throws AbortedError when the signal is aborted, InvalidRequestError for an impossible speed, and whatever ends the
 * stream.
 */
export async function typewriter(
  stream: TypedStream,
  writer: TextWriter,
  options: TypewriterOptions = {},
): Promise<string> {
  const { charsPerSecond = 50, typing = true } = options
  if (!(charsPerSecond > 0)) {
    throw new InvalidRequestError(
      `Cannot use option "charsPerSecond": it must be above 0: current value is ${charsPerSecond}`,
    )
  }
  using call = new CallSignal({ signal: options.signal })
  call.start()
  const { signal } = call
  const page = new Page(typing && writer.isTTY ? 1000 / charsPerSecond : 0)
  const typed = page.type((text) => write(writer, text, signal), signal)
  // Whatever ends the typing is thrown below; it may do so while the text is still being read.
  typed.catch(() => {})
  const pieces = stream.textStream[Symbol.asyncIterator]()
  let text = ''
  try {
    for (let piece = await next(pieces, signal); !piece.done; piece = await next(pieces, signal)) {
      text += piece.value
      page.add(piece.value)
    }
  } catch (thrown) {
    if (!signal.aborted) {
      page.end()
      await typed
      throw thrown
    }
    stream.cancel?.(options.signal?.reason)
    pieces.return?.()?.catch(() => {})
    throw toChatError(thrown)
  }
  page.end()
  await typed.catch((thrown) => {
    throw thrown instanceof ConversationError ? toChatError(thrown) : thrown
  })
  return text
}

function next(pieces: AsyncIterator<string>, signal: AbortSignal): Promise<IteratorResult<string>> {
  return abortable(pieces.next(), signal)
}

async function write(writer: TextWriter, text: string, signal: AbortSignal): Promise<void> {
  if (writer.write(text) !== false || !writer.once) return
  await abortable(new Promise<void>((resolve) => writer.once?.('drain', resolve)), signal)
}

/** Text that is added at one speed and typed at another. */
class Page {
  readonly #delayMs: number
  readonly #segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  #characters: string[] = []
  /** The last character may go on in the next piece. */
  #last = ''
  #ended = false
  #news = Promise.withResolvers<void>()

  /** @param delayMs between two characters, in milliseconds; with 0 pieces are typed as they were added. */
  constructor(delayMs: number) {
    this.#delayMs = delayMs
  }

  add(piece: string): void {
    if (this.#delayMs === 0) {
      this.#characters.push(piece)
    } else {
      for (const { segment } of this.#segmenter.segment(this.#last + piece)) this.#characters.push(segment)
      this.#last = this.#characters.pop() ?? ''
    }
    this.#tell()
  }

  end(): void {
    this.#ended = true
    if (this.#last !== '') this.#characters.push(this.#last)
    this.#tell()
  }

  /** Types until the end. */
  async type(write: (text: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    let due = performance.now()
    while (true) {
      const characters = this.#characters
      this.#characters = []
      for (const character of characters) {
        const early = due - performance.now()
        // Timers are no finer than a millisecond: where more is due at once, more is typed at once.
        if (early >= 1) await pause(early, signal)
        signal.throwIfAborted()
        await write(character)
        due += this.#delayMs
      }
      if (this.#characters.length > 0) continue
      if (this.#ended) return
      await abortable(this.#news.promise, signal)
      due = Math.max(due, performance.now())
    }
  }

  #tell(): void {
    this.#news.resolve()
    this.#news = Promise.withResolvers()
  }
}
