/** Keeps the number of a label's values in bounds: callers choose the names of models, and each makes its own series. */

/** What stands for every name beyond the limit. */
const OTHER = '_OTHER'

/** The first names that came. */
export class BoundedNames {
  readonly #limit: number
  readonly #known = new Set<string>()

  /** @param limit the most names. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** The name, or `_OTHER` where there are too many already. */
  bound(name: string): string {
    if (this.#known.has(name)) return name
    if (this.#known.size >= this.#limit) return OTHER
    this.#known.add(name)
    return name
  }
}
