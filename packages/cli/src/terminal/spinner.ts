/**
 * A sign of life while nothing has arrived yet. Only on a terminal that can take a line back, and not for short waits.
 * Used by `AnswerView` and `whileWaiting`.
 */
import type { WriteStream } from 'node:tty'
import type { Style } from './style.ts'

/** After how long a wait is worth a sign, in milliseconds. */
const PATIENCE_MS = 300

/** How long each picture stands, in milliseconds. */
const FRAME_MS = 120

const frames = ['|', '/', '-', '\\'] as const

/** Stands on a line of its own, which is empty again when it has stopped. */
export class Spinner {
  readonly #output: WriteStream
  readonly #style: Style
  readonly #canDraw: boolean
  #timer: NodeJS.Timeout | undefined
  #isDrawn = false

  constructor(output: WriteStream, style: Style) {
    this.#output = output
    this.#style = style
    this.#canDraw = output.isTTY === true && process.env.TERM !== 'dumb'
  }

  /** Begins to wait. The cursor must be at the start of a line. */
  start(label: string): void {
    this.stop()
    if (!this.#canDraw) return
    const startedAt = performance.now()
    this.#timer = setTimeout(() => {
      let frame = 0
      const draw = () => {
        const seconds = Math.floor((performance.now() - startedAt) / 1000)
        const time = seconds === 0 ? '' : ` ${seconds} s`
        this.#output.write(`\r${this.#style.dim(`${frames[frame % frames.length]} ${label}${time}`)}`)
        this.#isDrawn = true
        frame++
      }
      draw()
      this.#timer = setInterval(draw, FRAME_MS)
    }, PATIENCE_MS)
  }

  /** The wait is over. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isDrawn) this.#output.write('\r\u001b[K')
    this.#isDrawn = false
  }
}
