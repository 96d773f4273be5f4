/**
 * The whole terminal for as long as a command shows something that changes. What stood there before comes back however the
 * process ends: the exit of a process is the last moment at which a terminal can be written to.
 */
import type { ReadStream, WriteStream } from 'node:tty'
import { atExit } from '../running/at-exit.ts'

// The alternate screen and the cursor, in the private modes of xterm (invisible-island.net/xterm/ctlseqs).
const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
const CLEAR_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

/** What happens on the screen. */
export interface ScreenEvents {
  /** Keys, as they come. */
  readonly onKeys: (keys: string) => void
  readonly onResize: () => void
}

/** The screen. Disposed, what stood there before is back. */
export class FullScreen implements Disposable {
  readonly #input: ReadStream
  readonly #output: WriteStream
  readonly #events: ScreenEvents
  readonly #onExit: Disposable

  /** @param input need not be a terminal: without one there are no keys. */
  constructor(input: ReadStream, output: WriteStream, events: ScreenEvents) {
    this.#input = input
    this.#output = output
    this.#events = events
    this.#onExit = atExit(() => this.#leave())
    output.write(ENTER)
    output.on('resize', events.onResize)
    if (input.isTTY) {
      // Keys come at once, and Ctrl-C is one of them.
      input.setRawMode(true)
      input.setEncoding('utf8').on('data', events.onKeys)
    }
  }

  get width(): number {
    return this.#output.columns
  }

  get height(): number {
    return this.#output.rows
  }

  /** Replaces what stands there, without a moment at which nothing does. */
  show(lines: readonly string[]): void {
    this.#output.write(`${HOME}${lines.map((line) => `${line}${CLEAR_LINE}`).join('\n')}${CLEAR_BELOW}`)
  }

  [Symbol.dispose](): void {
    this.#onExit[Symbol.dispose]()
    this.#output.off('resize', this.#events.onResize)
    this.#leave()
    if (this.#input.isTTY) {
      this.#input.off('data', this.#events.onKeys)
      // A process that reads does not end.
      this.#input.pause()
    }
  }

  #leave(): void {
    if (this.#input.isTTY) this.#input.setRawMode(false)
    this.#output.write(LEAVE)
  }
}
