/**
 * Takes personal data out of a tool call's arguments, so that what was JSON is still JSON. Each string is a text of its
 * own, its escapes read as the characters they stand for; what stands between the strings is one text more. A number in
 * which something was found becomes a string, because its replacement is none. Arguments that are not JSON are scrubbed all
 * the same.
 */
import { Finder } from './finder.ts'
import type { Scrubber } from './text-scrubber.ts'

/** A number longer than this is taken for one without waiting for its end. */
const LONGEST_NUMBER = 64

const NUMBER = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/
const NUMBER_SO_FAR = /^-?\d+(\.\d*)?([eE][-+]?\d*)?$/
/** What ends a bare word: a number, `true`, or something that is not JSON. */
const DELIMITER = /[\s,:[\]{}"]/

/** What stands behind a backslash, where it does not stand for itself. */
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', b: '\b' }

/** Scrubs the arguments of one tool call. */
export class JsonScrubber implements Scrubber {
  changed = false
  #inString = false
  /** The beginning of an escape. */
  #escape = ''
  /** The characters that are not decided, each as it is written. */
  #held: string[] = []
  #from = 0
  #out = ''
  /** A bare word that has not ended: as it was written, and as it goes out. */
  #word = ''
  #wordOut = ''
  /** What is known about the word: nothing yet, that its end needs a quotation mark, or that it is no number. */
  #wordIs: 'open' | 'quoted' | 'plain' = 'open'
  readonly #finder = new Finder({
    keep: (count) => {
      for (const written of this.#next(count)) this.#write(written, written)
    },
    replace: (count, replacement) => {
      this.changed = true
      this.#write(this.#next(count).join(''), replacement)
    },
  })

  get heldBytes(): number {
    return Buffer.byteLength(this.#held.join('') + this.#word + this.#escape)
  }

  push(piece: string): string {
    for (let index = 0; index < piece.length; index++) this.#read(piece.charAt(index))
    this.#finder.settle()
    return this.#take()
  }

  end(): string {
    if (this.#escape !== '') this.#readCharacter(this.#escape, '\\')
    this.#escape = ''
    this.#finder.end()
    this.#endWord()
    this.#inString = false
    return this.#take()
  }

  #read(character: string): void {
    if (this.#escape !== '') this.#readEscape(character)
    else if (character === '"') this.#quote()
    else if (character === '\\' && this.#inString) this.#escape = character
    else this.#readCharacter(character, character)
  }

  /** A string begins or ends, and with it a text. */
  #quote(): void {
    this.#finder.end()
    this.#endWord()
    this.#out += '"'
    this.#inString = !this.#inString
  }

  #readEscape(character: string): void {
    const written = this.#escape + character
    const unicode = written.startsWith('\\u')
    this.#escape = ''
    if (unicode && written.length > 2 && !/[\da-f]/i.test(character)) {
      // No escape after all.
      this.#readCharacter(written.slice(0, -1), '\\')
      this.#read(character)
    } else if (unicode && written.length < 6) {
      this.#escape = written
    } else if (unicode) {
      this.#readCharacter(written, String.fromCharCode(Number.parseInt(written.slice(2), 16)))
    } else {
      this.#readCharacter(written, ESCAPED[character] ?? character)
    }
  }

  #readCharacter(written: string, meant: string): void {
    this.#held.push(written)
    this.#finder.read(meant.charCodeAt(0))
  }

  /** The next characters of which it is known what becomes of them. */
  #next(count: number): readonly string[] {
    const next = this.#held.slice(this.#from, this.#from + count)
    this.#from += count
    return next
  }

  #write(written: string, out: string): void {
    if (this.#inString) {
      this.#out += out
    } else if (DELIMITER.test(written)) {
      this.#endWord()
      this.#out += out
    } else {
      this.#word += written
      this.#wordOut += out
      if (this.#wordIs !== 'open' || this.#word.length > LONGEST_NUMBER) this.#releaseWord()
    }
  }

  /** Lets go of a word that has grown too long to wait for its end. */
  #releaseWord(): void {
    if (this.#wordIs === 'open') {
      this.#wordIs = this.#wordOut !== this.#word && NUMBER_SO_FAR.test(this.#word) ? 'quoted' : 'plain'
      if (this.#wordIs === 'quoted') this.#out += '"'
    }
    this.#out += this.#wordOut
    this.#word = ''
    this.#wordOut = ''
  }

  #endWord(): void {
    const quoted = this.#wordIs === 'open' && this.#wordOut !== this.#word && NUMBER.test(this.#word)
    this.#out += quoted ? `"${this.#wordOut}"` : this.#wordOut
    if (this.#wordIs === 'quoted') this.#out += '"'
    this.#word = ''
    this.#wordOut = ''
    this.#wordIs = 'open'
  }

  #take(): string {
    const out = this.#out
    this.#out = ''
    if (this.#from > 0) this.#held = this.#held.slice(this.#from)
    this.#from = 0
    return out
  }
}

/** Whole arguments, scrubbed. */
export function scrubJson(text: string): string {
  const scrubber = new JsonScrubber()
  return scrubber.push(text) + scrubber.end()
}
