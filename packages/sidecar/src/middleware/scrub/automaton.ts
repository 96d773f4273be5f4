/**
 * All patterns as one automaton: its places, and which of them follow a place when a character comes. Made once, when the
 * first text is scrubbed.
 */
import { type Entity, entities, protectedPattern } from './entities.ts'
import { Layout, OTHER } from './pattern.ts'

/** The mark of places after which something protected has begun, where others have the number of an entity. */
export const PROTECTED = entities.length

/** What is known of each character beyond ASCII is that it is one, or half of a pair, which no pattern takes. */
const SYMBOLS = OTHER + 1

/** The automaton; the answers of `after` and `first` are worked out when they are first wanted. */
export class Automaton {
  /** How many places there are. */
  readonly size: number
  /** The entity whose match may end at a place, `PROTECTED`, or -1. */
  readonly ends: Int8Array
  /** The entity that a place belongs to, or `PROTECTED`. */
  readonly owner: Int8Array
  /** Whether the match that ends at a place counts only where a word ends. */
  readonly atWordEnd: Uint8Array
  /** Whether the matches of a place may as well begin later. */
  readonly sliding: Uint8Array
  readonly #layout = new Layout()
  /** The first places of all patterns, and of those that begin only where a word does. */
  readonly #first: readonly number[]
  readonly #firstInWord: readonly number[]
  readonly #after: (Uint16Array | undefined)[]
  readonly #starts: (Uint16Array | undefined)[] = new Array(2 * SYMBOLS)

  constructor() {
    const first: number[] = []
    const firstInWord: number[] = []
    const owner: number[] = []
    const ends: number[] = []
    const all: readonly Omit<Entity, 'replacement'>[] = [...entities, { pattern: protectedPattern }]
    for (const [entity, { pattern, atWordStart = false }] of all.entries()) {
      const span = pattern(this.#layout)
      first.push(...span.first)
      if (!atWordStart) firstInWord.push(...span.first)
      while (owner.length < this.#layout.sets.length) owner.push(entity)
      for (const place of span.last) ends[place] = entity
    }
    this.size = owner.length
    this.owner = Int8Array.from(owner)
    this.ends = Int8Array.from(owner, (_, place) => ends[place] ?? -1)
    this.atWordEnd = Uint8Array.from(owner, (_, place) => Number(this.#layout.atWordEnd.has(place)))
    this.sliding = Uint8Array.from(owner, (_, place) => Number(this.#layout.sliding.has(place)))
    this.#first = first
    this.#firstInWord = firstInWord
    this.#after = new Array(this.size * SYMBOLS)
  }

  /** The places after `place` that take the character. */
  after(place: number, symbol: number): Uint16Array {
    const key = place * SYMBOLS + symbol
    this.#after[key] ??= this.#taking(this.#layout.follow[place] ?? [], symbol)
    return this.#after[key]
  }

  /** The places that take the character as the first one of a match. */
  first(symbol: number, inWord: boolean): Uint16Array {
    const key = symbol * 2 + Number(inWord)
    this.#starts[key] ??= this.#taking(inWord ? this.#firstInWord : this.#first, symbol)
    return this.#starts[key]
  }

  #taking(places: readonly number[], symbol: number): Uint16Array {
    return Uint16Array.from(places.filter((place) => this.#layout.sets[place]?.(symbol)))
  }
}

let made: Automaton | undefined

/** The automaton of all patterns. */
export function automaton(): Automaton {
  made ??= new Automaton()
  return made
}
