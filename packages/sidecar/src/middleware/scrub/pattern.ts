/**
 * How the shapes of personal data are written down: small patterns, put together, that become the places of an
 * automaton. Places have no memory and no way back, so that reading a text costs the same whatever the text is.
 */

/** The characters of ASCII by their code; `OTHER` stands for every further one that is not half of a pair. */
export type CharSet = (code: number) => boolean

/** The code under which a set is asked about characters beyond ASCII. */
export const OTHER = 128

/** Whether a code belongs to a word, as in `\w`. */
export const isWord: CharSet = (code) =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95

/** The set of the characters of a text. */
export function oneOf(characters: string): CharSet {
  const codes = new Set(Array.from(characters, (character) => character.charCodeAt(0)))
  return (code) => codes.has(code)
}

/** The set of characters that are in any of the sets. */
export function anyOf(...sets: readonly CharSet[]): CharSet {
  return (code) => sets.some((set) => set(code))
}

/** Part of a pattern, laid out: where it begins, where it may end, and whether it may be left out. */
interface Span {
  readonly optional: boolean
  readonly first: readonly number[]
  readonly last: readonly number[]
}

/** Lays itself out in an automaton; more than once where it is repeated. */
export type Pattern = (layout: Layout) => Span

/** The places of an automaton while it is put together. A place is one character of one pattern. */
export class Layout {
  /** What each place takes. */
  readonly sets: CharSet[] = []
  /** Which places may come after each. */
  readonly follow: number[][] = []
  /** The places after which a match counts only where no further word character comes. */
  readonly atWordEnd = new Set<number>()
  /** The places whose matches may as well begin later. */
  readonly sliding = new Set<number>()

  /** Makes a new place. */
  add(set: CharSet): number {
    this.follow.push([])
    return this.sets.push(set) - 1
  }

  /** Lets some places come after others. */
  join(before: readonly number[], after: readonly number[]): void {
    for (const place of before) {
      const follow = this.follow[place]
      for (const next of after) if (!follow?.includes(next)) follow?.push(next)
    }
  }
}

/** One character of a set. */
export function char(set: CharSet): Pattern {
  return (layout) => {
    const place = layout.add(set)
    return { optional: false, first: [place], last: [place] }
  }
}

/** The letters of a word, large or small; everything else as it is. */
export function word(text: string): Pattern {
  return sequence(...Array.from(text, (letter) => char(oneOf(letter.toLowerCase() + letter.toUpperCase()))))
}

/** One after the other. */
export function sequence(...patterns: readonly Pattern[]): Pattern {
  return (layout) =>
    patterns
      .map((pattern) => pattern(layout))
      .reduce((left, right) => {
        layout.join(left.last, right.first)
        return {
          optional: left.optional && right.optional,
          first: left.optional ? [...left.first, ...right.first] : left.first,
          last: right.optional ? [...left.last, ...right.last] : right.last,
        }
      })
}

/** Any one of them. */
export function either(...patterns: readonly Pattern[]): Pattern {
  return (layout) => {
    const spans = patterns.map((pattern) => pattern(layout))
    return {
      optional: spans.some(({ optional }) => optional),
      first: spans.flatMap(({ first }) => first),
      last: spans.flatMap(({ last }) => last),
    }
  }
}

/** With or without it. */
export function optional(pattern: Pattern): Pattern {
  return (layout) => ({ ...pattern(layout), optional: true })
}

/** As often as that; `max` is at least 1. */
export function times(min: number, max: number, pattern: Pattern): Pattern {
  const rest = max > 1 ? sequence(pattern, times(Math.max(min - 1, 0), max - 1, pattern)) : pattern
  return min === 0 ? optional(rest) : rest
}

/** Once or more, without an end. */
export function many(pattern: Pattern): Pattern {
  return (layout) => {
    const span = pattern(layout)
    layout.join(span.last, span.first)
    return span
  }
}

/** A pattern that counts as an end of a match only where a word ends. */
export function atWordEnd(pattern: Pattern): Pattern {
  return (layout) => {
    const span = pattern(layout)
    for (const place of span.last) layout.atWordEnd.add(place)
    return span
  }
}

/** A run at the beginning of a match that may begin at any of its characters: where it grows long, its end counts. */
export function sliding(set: CharSet): Pattern {
  return (layout) => {
    const span = many(char(set))(layout)
    for (const place of span.first) layout.sliding.add(place)
    return span
  }
}
