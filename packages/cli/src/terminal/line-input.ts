/**
 * Lines for `chat`, from a terminal or from a pipe. One readline interface lives as long as the conversation; while an
 * answer is printed its echo is muted, so that what is typed ahead neither garbles the answer nor is lost.
 */
import { createInterface, type Interface } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import { BracketedPaste } from './bracketed-paste.ts'
import { MutableEcho } from './mutable-echo.ts'

/** What happens beside lines. Only a terminal has these. */
export interface LineEvents {
  /** Ctrl-C where there was nothing typed to clear. `state` says what it met. */
  readonly onInterrupt: (state: 'busy' | 'empty') => void
  /** Ctrl-D while nobody was reading. */
  readonly onLeave: () => void
}

/** What a line is typed with. */
export interface LineInputOptions {
  readonly input: ReadStream
  readonly output: WriteStream
  readonly events: LineEvents
  /** Earlier lines, the newest first, for the arrow keys. */
  readonly history?: readonly string[]
  /** Told of each line that belongs into the history. */
  readonly onLine?: (line: string) => void
  /** What Tab offers for the line so far: all that fits, and the part of the line that it takes the place of. */
  readonly complete?: (line: string) => Promise<readonly [readonly string[], string]>
}

/** What was read. `discarded`: Ctrl-C while further lines of a message were awaited. */
export type Line =
  | { readonly type: 'line'; readonly text: string; readonly isPasted: boolean }
  | { readonly type: 'discarded' }
  | { readonly type: 'end' }

/** How many earlier lines the arrow keys reach. */
export const HISTORY_LINES = 1_000

interface Waiting {
  readonly kind: 'line' | 'continued' | 'question'
  resolve(line: Line): void
}

/** Reads one line after the other. */
export class LineInput implements Disposable {
  readonly isTerminal: boolean
  readonly #input: ReadStream
  readonly #interface: Interface
  readonly #echo: MutableEcho
  readonly #paste: BracketedPaste | undefined
  readonly #events: LineEvents
  readonly #onHistory: (line: string) => void
  readonly #ahead: Line[] = []
  #waiting: Waiting | undefined
  #isClosed = false

  constructor({ input, output, events, history = [], onLine = () => {}, complete }: LineInputOptions) {
    this.isTerminal = input.isTTY === true && output.isTTY === true
    this.#input = input
    this.#events = events
    this.#onHistory = onLine
    this.#echo = new MutableEcho(output)
    this.#interface = createInterface({
      input,
      output: this.#echo,
      terminal: this.isTerminal,
      history: [...history],
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      ...(complete && {
        completer: (line: string, answer: (error: Error | null, found: [string[], string]) => void) => {
          complete(line).then(
            ([found, part]) => answer(null, [[...found], part]),
            () => answer(null, [[], line]),
          )
        },
      }),
    })
    if (this.isTerminal) this.#paste = new BracketedPaste(input, output)
    this.#interface.on('history', (lines) => {
      if (this.#isForgotten) lines.shift()
    })
    this.#interface.on('line', (text) => this.#onLine(text))
    this.#interface.on('close', () => this.#onClose())
    this.#interface.on('SIGINT', () => this.#onInterrupt())
  }

  /**
   * The next line.
   * @param isContinued whether it belongs to a message that has begun; Ctrl-C then discards the message.
   */
  async read(prompt: string, isContinued = false): Promise<Line> {
    const ahead = this.#ahead.shift()
    if (ahead) {
      if (this.isTerminal && ahead.type === 'line') this.#echo.show(`${prompt}${ahead.text}\n`)
      return ahead
    }
    if (this.#isClosed) return { type: 'end' }
    return this.#wait(prompt, isContinued ? 'continued' : 'line')
  }

  /**
   * Asks something while an answer is being made: what was typed ahead does not count. Nothing where the terminal is
   * left, or the signal aborted, before there is an answer.
   */
  async ask(prompt: string, signal: AbortSignal): Promise<string | undefined> {
    if (this.#isClosed || signal.aborted) return undefined
    this.#clearLine()
    const answer = this.#wait(prompt, 'question')
    const onAbort = () => this.#deliver({ type: 'discarded' })
    signal.addEventListener('abort', onAbort, { once: true })
    const line = await answer
    signal.removeEventListener('abort', onAbort)
    return line.type === 'line' ? line.text : undefined
  }

  /** Shows the prompt again, after something was printed over it. */
  promptAgain(): void {
    if (this.#waiting && !this.#isClosed) this.#interface.prompt(true)
  }

  /** Leaves the terminal to another program for as long as `work` takes. */
  suspended<T>(work: () => T): T {
    this.#interface.pause()
    this.#input.setRawMode?.(false)
    this.#paste?.switch(false)
    try {
      return work()
    } finally {
      this.#paste?.switch(true)
      this.#input.setRawMode?.(true)
      this.#interface.resume()
    }
  }

  [Symbol.dispose](): void {
    this.#paste?.[Symbol.dispose]()
    this.#interface.close()
  }

  /** Answers to questions and pasted text are nothing to call back with the arrow keys. */
  get #isForgotten(): boolean {
    return this.#paste?.isPasting === true || this.#waiting?.kind === 'question'
  }

  #wait(prompt: string, kind: Waiting['kind']): Promise<Line> {
    const { promise, resolve } = Promise.withResolvers<Line>()
    this.#waiting = { kind, resolve }
    if (this.isTerminal) {
      this.#echo.isMuted = false
      this.#interface.setPrompt(prompt)
      // Keeps the cursor behind what was typed ahead.
      this.#interface.prompt(true)
    }
    return promise
  }

  #onLine(text: string): void {
    if (!this.#isForgotten && text.trim() !== '') this.#onHistory(text)
    const line: Line = { type: 'line', text, isPasted: this.#paste?.isPasting === true }
    if (this.#waiting) this.#deliver(line)
    else this.#ahead.push(line)
  }

  #deliver(line: Line): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#echo.isMuted = this.isTerminal
    waiting?.resolve(line)
  }

  #onClose(): void {
    const isReading = this.#waiting !== undefined
    this.#isClosed = true
    this.#deliver({ type: 'end' })
    if (this.isTerminal && !isReading) this.#events.onLeave()
  }

  #onInterrupt(): void {
    const kind = this.#waiting?.kind
    if (kind === 'continued') {
      this.#clearLine()
      this.#echo.show('\n')
      this.#deliver({ type: 'discarded' })
    } else if (kind !== 'line') {
      this.#events.onInterrupt('busy')
    } else if (this.#interface.line === '') {
      this.#events.onInterrupt('empty')
    } else {
      this.#clearLine()
    }
  }

  /** To the end of the line, then everything before the cursor goes. */
  #clearLine(): void {
    if (!this.isTerminal || this.#interface.line === '') return
    this.#interface.write(null, { ctrl: true, name: 'e' })
    this.#interface.write(null, { ctrl: true, name: 'u' })
  }
}
