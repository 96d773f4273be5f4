/** What a recorded terminal showed, as data: `record.ts` fills it and `animated-svg.ts` draws it. */

/** A piece of text that came at once. */
export interface Piece {
  /** When it came, in milliseconds from the beginning of the recording. */
  readonly atMs: number
  readonly text: string
  /** `typed` is what a person typed, `faint` what a program wrote dimly, `plain` everything else. */
  readonly style: 'typed' | 'faint' | 'plain'
}

/** A recording. */
export interface Scene {
  readonly pieces: readonly Piece[]
  /** How long it lasts, in milliseconds. */
  readonly durationMs: number
}
