/** The terminal as readline sees it, which can be kept from drawing while an answer is printed. Used by `LineInput`. */
import { Writable } from 'node:stream'
import type { WriteStream } from 'node:tty'

/** Passes on what readline draws, unless it is muted. */
export class MutableEcho extends Writable {
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

  /** Writes, muted or not. */
  show(text: string): void {
    this.#terminal.write(text)
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    if (!this.isMuted) this.#terminal.write(chunk)
    done()
  }
}
