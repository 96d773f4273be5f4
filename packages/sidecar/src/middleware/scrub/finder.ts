/**
 * Finds personal data in one text, a character at a time, and says what to do with each character as soon as nothing
 * that may still come can change it. What it says depends on the text alone and not on how the text was cut: there is
 * no other way to read one. `TextScrubber` and `JsonScrubber` do what it says.
 */
import { type Automaton, automaton, PROTECTED } from './automaton.ts'
import { entities, isLink } from './entities.ts'
import { type CharSet, isWord, OTHER } from './pattern.ts'

/** The most characters of one match, and of what is looked at to tell whether a protected address begins. */
export const LONGEST_MATCH = 254

/** The most characters before the `@` of an e-mail address. */
const LONGEST_LOCAL_PART = 64

/**
 * The most characters that can be undecided: a match that reaches into something that may become protected. Ordinary
 * prose waits for the end of the word.
 */
export const MOST_HELD = 2 * LONGEST_MATCH

/** Told what becomes of the characters of a text, in their order, each once. */
export interface Decisions {
  /** The next `count` characters stay as they are. */
  keep(count: number): void
  /** The next `count` characters become `replacement`; an empty one belongs to the one before. */
  replace(count: number, replacement: string): void
}

const IPV4 = entities.findIndex(({ replacement }) => replacement === '<IP>')
const IPV6 = entities.findLastIndex(({ replacement }) => replacement === '<IP>')
const STREET = entities.findIndex(({ replacement }) => replacement === '<STREET_ADDRESS>')

const tableOf = (set: CharSet) => Uint8Array.from({ length: OTHER + 1 }, (_, code) => Number(set(code)))
const wordTable = tableOf(isWord)
const linkTable = tableOf(isLink)

/** Of how many characters, more than `MOST_HELD`, it is remembered what was found at them. */
const REMEMBERED = 512

/** Reads a text; after `end` another one. Positions are counted on from one text to the next. */
export class Finder {
  readonly #decisions: Decisions
  readonly #automaton: Automaton = automaton()
  /** The active places in no order, those after the next character, and where the earliest match at each began. */
  #places = new Int32Array(this.#automaton.size)
  #nextPlaces = new Int32Array(this.#automaton.size)
  #starts = new Float64Array(this.#automaton.size)
  #nextStarts = new Float64Array(this.#automaton.size)
  #count = 0
  /** The position at which a place was reached last, to tell whether it is among the next ones already. */
  readonly #reached = new Float64Array(this.#automaton.size).fill(-1)
  /** By the character at which they begin: where the longest matches end, 0 where there is none, and what they are. */
  readonly #ends = new Float64Array(REMEMBERED)
  readonly #entities = new Uint8Array(REMEMBERED)
  /** Where the first match begins that is still growing, and the first address that may become protected. */
  #growing = 0
  #doubtful = Number.POSITIVE_INFINITY
  #read = 0
  /** Up to where matches that begin there were looked at, and up to where it was said what becomes of the text. */
  #seen = 0
  #decided = 0
  /** The replacement before `#decided`. */
  #last = ''
  #inWord = false
  #inProtected = false
  /** Whether a character is more than white space and punctuation. */
  readonly #substance = new Uint8Array(REMEMBERED)

  constructor(decisions: Decisions) {
    this.#decisions = decisions
  }

  /** Reads one UTF-16 code unit. */
  read(code: number): void {
    const at = this.#read++
    const half = (code & 0xf800) === 0xd800
    const symbol = Math.min(code, OTHER)
    const inWord = wordTable[symbol] === 1
    this.#substance[at % REMEMBERED] = inWord || symbol === OTHER ? 1 : 0
    if (this.#inProtected && linkTable[symbol] === 1) {
      this.#growing = this.#read
    } else {
      this.#inProtected = false
      if (!inWord) this.#endWord(at)
      if (half) this.#count = 0
      else this.#advance(at, symbol)
      this.#findMatches()
    }
    this.#inWord = inWord
    this.#decide()
  }

  /** Says everything that is known. */
  settle(): void {
    this.#keepTo(this.#seen)
  }

  /** The text is whole: says what is left. */
  end(): void {
    this.#endWord(this.#read)
    this.#growing = this.#read
    this.#doubtful = Number.POSITIVE_INFINITY
    this.#decide()
    this.#keepTo(this.#read)
    this.#count = 0
    this.#inWord = false
    this.#inProtected = false
  }

  #advance(at: number, symbol: number): void {
    const automaton = this.#automaton
    let count = 0
    for (let index = 0; index < this.#count; index++) {
      const place = this.#places[index] ?? 0
      const start = this.#starts[place] ?? 0
      if (at - start < LONGEST_MATCH) count = this.#enter(automaton.after(place, symbol), start, at, count)
    }
    count = this.#enter(automaton.first(symbol, this.#inWord), at, at, count)
    this.#count = count
    ;[this.#places, this.#nextPlaces] = [this.#nextPlaces, this.#places]
    ;[this.#starts, this.#nextStarts] = [this.#nextStarts, this.#starts]
  }

  #enter(places: Uint16Array, start: number, at: number, count: number): number {
    for (let index = 0; index < places.length; index++) {
      const place = places[index] ?? 0
      if (this.#reached[place] !== at) {
        this.#reached[place] = at
        this.#nextPlaces[count++] = place
        this.#nextStarts[place] = start
      } else if (start < (this.#nextStarts[place] ?? 0)) {
        this.#nextStarts[place] = start
      }
    }
    return count
  }

  /** Looks at the active places: what has ended, and where what has not ended began. */
  #findMatches(): void {
    const { ends, owner, atWordEnd, sliding } = this.#automaton
    let protectedFrom = Number.POSITIVE_INFINITY
    let ipFrom = Number.POSITIVE_INFINITY
    let growing = this.#read
    let doubtful = Number.POSITIVE_INFINITY
    for (let index = 0; index < this.#count; index++) {
      const place = this.#places[index] ?? 0
      if (sliding[place] === 1) {
        this.#starts[place] = Math.max(this.#starts[place] ?? 0, this.#read - LONGEST_LOCAL_PART)
      }
      const start = this.#starts[place] ?? 0
      const entity = ends[place] ?? -1
      if (start < growing) growing = start
      if (owner[place] === PROTECTED && start < doubtful) doubtful = start
      if (entity < 0 || atWordEnd[place] === 1) continue
      if (entity === PROTECTED) protectedFrom = Math.min(protectedFrom, start)
      else this.#add(start, this.#read, entity)
      if (entity === IPV4) ipFrom = Math.min(ipFrom, start)
    }
    if (ipFrom < this.#read) this.#dropStreets(ipFrom)
    this.#growing = growing
    this.#doubtful = doubtful
    if (protectedFrom < this.#read) this.#protect(protectedFrom)
  }

  /** What is protected takes everything from its start on; what was found before it stops there. */
  #protect(from: number): void {
    for (let start = this.#seen; start < this.#read; start++) {
      const end = this.#ends[start % REMEMBERED] ?? 0
      if (end > from) this.#ends[start % REMEMBERED] = start < from ? from : 0
    }
    this.#count = 0
    this.#growing = this.#read
    this.#doubtful = Number.POSITIVE_INFINITY
    this.#inProtected = true
  }

  /** No word goes on at this position: the matches that waited for that have ended. */
  #endWord(at: number): void {
    const { ends, atWordEnd } = this.#automaton
    let ipFrom = at
    for (let index = 0; index < this.#count; index++) {
      const place = this.#places[index] ?? 0
      const entity = ends[place] ?? -1
      if (entity < 0 || atWordEnd[place] !== 1) continue
      const start = this.#starts[place] ?? 0
      this.#add(start, at, entity)
      if (entity === IPV6) ipFrom = Math.min(ipFrom, start)
    }
    if (ipFrom < at) this.#dropStreets(ipFrom)
  }

  /** Of matches with the same start the longest counts, of those with the same end too the later class. */
  #add(start: number, end: number, entity: number): void {
    const slot = start % REMEMBERED
    const before = this.#ends[slot] ?? 0
    if (end < before || (end === before && entity < (this.#entities[slot] ?? 0))) return
    this.#ends[slot] = end
    this.#entities[slot] = entity
  }

  /**
   * The last number of an IP address is no house number: `10.0.0.1 and card` holds no street. Called where the address
   * itself ends; the rest of the line, which belongs to a zone, may hold streets.
   */
  #dropStreets(start: number): void {
    const { owner } = this.#automaton
    let kept = 0
    for (let index = 0; index < this.#count; index++) {
      const place = this.#places[index] ?? 0
      if (owner[place] !== STREET || (this.#starts[place] ?? 0) < start) this.#places[kept++] = place
    }
    this.#count = kept
  }

  /** Settles the matches to which nothing can be added, from left to right. */
  #decide(): void {
    for (; this.#seen < this.#growing; this.#seen++) {
      const slot = this.#seen % REMEMBERED
      const end = this.#ends[slot] ?? 0
      if (end === 0) continue
      if (end > this.#doubtful) return
      this.#replace(this.#seen, end, this.#entities[slot] ?? 0)
      this.#ends[slot] = 0
    }
  }

  /** Of a match that begins inside the one before, the rest is replaced, so that nothing that was found stays. */
  #replace(start: number, end: number, entity: number): void {
    if (end <= this.#decided) return
    const replacement = entities[entity]?.replacement ?? ''
    if (start >= this.#decided) {
      this.#keepTo(start)
    } else if (replacement === this.#last) {
      this.#decisions.replace(end - this.#decided, '')
      this.#decided = end
      return
    } else {
      let rest = this.#decided
      while (rest < end && this.#substance[rest % REMEMBERED] === 0) rest++
      this.#keepTo(rest)
      if (rest === end) return
    }
    this.#decisions.replace(end - this.#decided, replacement)
    this.#decided = end
    this.#last = replacement
  }

  #keepTo(position: number): void {
    if (position <= this.#decided) return
    this.#decisions.keep(position - this.#decided)
    this.#decided = position
  }
}
