/**
 * A message that may take several lines: a block between `"""`, lines that end with a backslash, and what is pasted.
 * Pure; `MessageInput` feeds it the lines.
 */

const QUOTES = '"""'

/** A message as it is being typed. One line after the other goes in until one completes it. */
export class Draft {
  readonly #lines: string[] = []
  #isInBlock = false

  /** Whether nothing has been typed yet. */
  get isEmpty(): boolean {
    return this.#lines.length === 0 && !this.#isInBlock
  }

  /**
   * Adds a line.
   * @param isPasted whether its line break was pasted: then another line follows.
   * @returns whether the message is complete.
   */
  add(line: string, isPasted: boolean): boolean {
    if (this.#isInBlock) return this.#addToBlock(line) && !isPasted
    if (isPasted) {
      this.#lines.push(line)
      return false
    }
    if (line.trimStart().startsWith(QUOTES)) {
      this.#isInBlock = true
      const rest = line.trimStart().slice(QUOTES.length)
      // A line of nothing but quotes opens the block, and leaves no empty line at its beginning.
      return rest.trim() === '' ? false : this.#addToBlock(rest)
    }
    if (line.endsWith('\\')) {
      this.#lines.push(line.slice(0, -1))
      return false
    }
    this.#lines.push(line)
    return true
  }

  /** The message so far. */
  get text(): string {
    return this.#lines.join('\n')
  }

  #addToBlock(line: string): boolean {
    const text = line.trimEnd()
    if (!text.endsWith(QUOTES)) {
      this.#lines.push(line)
      return false
    }
    this.#isInBlock = false
    const last = text.slice(0, -QUOTES.length)
    if (last !== '') this.#lines.push(last)
    return true
  }
}
