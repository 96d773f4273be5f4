/**
 * Keeps characters whole. A character outside the basic plane is two code units of a JavaScript string, and providers
 * cut their deltas between the two; a lone half is no valid Unicode and no protobuf string can hold it.
 */

/** Joins the halves of one text that arrives in pieces. */
export class CharacterJoiner {
  #held = ''

  /** The piece with the half that the last one ended in, without a half at its own end; may be empty. */
  push(piece: string): string {
    if (piece === '') return ''
    const last = piece.charCodeAt(piece.length - 1)
    // The common case: nothing held, nothing to hold. `isWellFormed` is a native scan.
    if (this.#held === '' && (last & 0xfc00) !== 0xd800) return piece.isWellFormed() ? piece : piece.toWellFormed()
    let text = this.#held + piece
    this.#held = ''
    if ((last & 0xfc00) === 0xd800) {
      this.#held = text.slice(-1)
      text = text.slice(0, -1)
    }
    return text.toWellFormed()
  }

  /** What is left at the end: nothing, or U+FFFD for a half whose other half never came. */
  end(): string {
    const rest = this.#held.toWellFormed()
    this.#held = ''
    return rest
  }
}
