/**
 * Lines for `chat`, from a terminal or from a pipe. One readline interface lives as long as the conversation; while an
 * answer is printed its echo is muted, so that what is typed ahead neither garbles the answer nor is lost.
 */
import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import type { ReadStream, WriteStream } from 'node:tty'

/** What happens beside lines. Only a terminal has these. */
export interface LineEvents {
  /** Ctrl-C, or an interrupt from outside. `state` says what it met. */
  readonly onInterrupt: (state: 'busy' | 'empty') => void
  /** Ctrl-D while nobody was reading. */
  readonly onLeave: () => void
}

/** Reads one line after the other. */
export class LineInput implements Disposable {
  readonly isTerminal: boolean
  readonly #interface: Interface
  readonly #echo: Echo
  readonly #events: LineEvents
  readonly #ahead: string[] = []
  #waiting: ((line: string | undefined) => void) | undefined
  #isClosed = false

  constructor(input: ReadStream, output: WriteStream, events: LineEvents) {
    this.isTerminal = input.isTTY === true && output.isTTY === true
    this.#events = events
    this.#echo = new Echo(output)
    this.#interface = createInterface({ input, output: this.#echo, terminal: this.isTerminal })
    this.#interface.on('line', (line) => this.#deliver(line))
    this.#interface.on('close', () => this.#onClose())
    this.#interface.on('SIGINT', () => this.#onInterrupt())
  }

  /** The next line; `undefined` after Ctrl-D or at the end of a pipe. */
  async read(prompt: string): Promise<string | undefined> {
    const ahead = this.#ahead.shift()
    if (ahead !== undefined) {
      if (this.isTerminal) this.#echo.show(`${prompt}${ahead}\n`)
      return ahead
    }
    if (this.#isClosed) return undefined
    const line = new Promise<string | undefined>((resolve) => {
      this.#waiting = resolve
    })
    if (this.isTerminal) {
      this.#echo.isMuted = false
      this.#interface.setPrompt(prompt)
      // Keeps the cursor behind what was typed ahead.
      this.#interface.prompt(true)
    }
    return line
  }

  /** Shows the prompt again, after something was printed over it. */
  promptAgain(): void {
    if (this.#waiting && !this.#isClosed) this.#interface.prompt(true)
  }

  [Symbol.dispose](): void {
    this.#interface.close()
  }

  #deliver(line: string | undefined): void {
    const waiting = this.#waiting
    if (waiting) {
      this.#waiting = undefined
      this.#echo.isMuted = this.isTerminal
      waiting(line)
    } else if (line !== undefined) {
      this.#ahead.push(line)
    }
  }

  #onClose(): void {
    const isReading = this.#waiting !== undefined
    this.#isClosed = true
    this.#deliver(undefined)
    if (this.isTerminal && !isReading) this.#events.onLeave()
  }

  #onInterrupt(): void {
    if (!this.#waiting) {
      this.#events.onInterrupt('busy')
    } else if (this.#interface.line !== '') {
      // To the end of the line, then everything before the cursor goes.
      this.#interface.write(null, { ctrl: true, name: 'e' })
      this.#interface.write(null, { ctrl: true, name: 'u' })
    } else {
      this.#events.onInterrupt('empty')
    }
  }
}

/** The terminal as readline sees it, which can be kept from drawing. */
class Echo extends Writable {
  isMuted = false
  readonly isTTY = true
  readonly #terminal: WriteStream

  constructor(terminal: WriteStream) {
    super({ decodeStrings: false })
    this.#terminal = terminal
    terminal.on('resize', () => this.emit('resize'))
  }

  get columns(): number {
    return this.#terminal.columns
  }

  show(text: string): void {
    this.#terminal.write(text)
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    if (!this.isMuted) this.#terminal.write(chunk)
    done()
  }
}
