/** Takes personal data out of text that comes in pieces: messages, and the text, thinking and refusals of an answer. */
import { Finder } from './finder.ts'

/** One text on its way through; `JsonScrubber` is the other kind. */
export interface Scrubber {
  /** What of the text so far is safe to hand on and has not been; may be empty. */
  push(piece: string): string
  /** The rest; the next piece begins another text. */
  end(): string
  /** Whether something was taken out. */
  readonly changed: boolean
  /** How much is being held back until it is safe, in bytes of UTF-8. */
  readonly heldBytes: number
}

/** Scrubs plain text. */
export class TextScrubber implements Scrubber {
  changed = false
  /** What is not decided yet. */
  #held = ''
  #from = 0
  #out = ''
  readonly #finder = new Finder({
    keep: (count) => {
      this.#out += this.#held.slice(this.#from, this.#from + count)
      this.#from += count
    },
    replace: (count, replacement) => {
      this.#out += replacement
      this.#from += count
      this.changed = true
    },
  })

  get heldBytes(): number {
    return Buffer.byteLength(this.#held)
  }

  push(piece: string): string {
    this.#held += piece
    for (let index = 0; index < piece.length; index++) this.#finder.read(piece.charCodeAt(index))
    this.#finder.settle()
    return this.#take()
  }

  end(): string {
    this.#finder.end()
    return this.#take()
  }

  #take(): string {
    const out = this.#out
    this.#out = ''
    this.#held = this.#held.slice(this.#from)
    this.#from = 0
    return out
  }
}

/** A whole text, scrubbed. */
export function scrubText(text: string): string {
  const scrubber = new TextScrubber()
  return scrubber.push(text) + scrubber.end()
}
