/**
 * One mapping of a resource with its fields: read by name without regard to case, as daprd's decoder does, and with
 * complaints that name file positions. `resource.ts` reads every policy through it.
 */
import { DocumentError, type Path, type YamlDocument } from '../components/document.ts'
import { nearest } from '../components/nearest.ts'
import { parseDuration } from '../components/value.ts'
import { type CodeRanges, parseCodeRanges } from './status-codes.ts'

/** The fields of one mapping. An empty field, or one that is not there, has the value that the caller falls back on. */
export class Fields {
  readonly #document: YamlDocument
  readonly #path: Path

  /** @throws DocumentError where something else than a mapping stands there. */
  constructor(document: YamlDocument, path: Path) {
    const value = document.at(...path) ?? {}
    if (typeof value !== 'object' || Array.isArray(value)) throw document.error(path, 'must be a mapping')
    this.#document = document
    this.#path = path
  }

  /** The names of the fields, as written. */
  get names(): readonly string[] {
    return Object.keys(this.#document.at(...this.#path) ?? {})
  }

  /** A complaint about each field that is none of the known ones. */
  unknown(known: readonly string[]): DocumentError[] {
    const lower = known.map((name) => name.toLowerCase())
    return this.names
      .filter((name) => !lower.includes(name.toLowerCase()))
      .map((name) => {
        const meant = nearest(name, known)
        const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
        return new DocumentError(this.line(name), `${JSON.stringify(name)} is unknown and has no effect${hint}`)
      })
  }

  /** The fields of the mapping that a field holds. */
  in(name: string): Fields {
    return new Fields(this.#document, this.#pathOf(name))
  }

  /** Milliseconds: a Go duration (`1m30s`), or a whole number of milliseconds, bare or in quotes. */
  duration(name: string, fallback: number): number {
    const value = this.#value(name)
    if (value === undefined) return fallback
    // Elsewhere in Dapr a bare number counts seconds; in its resiliency it counts milliseconds.
    const text = String(value)
    const milliseconds = /^\d+$/.test(text) ? Number(text) : parseDuration(text)
    if (milliseconds !== undefined && milliseconds >= 0) return milliseconds
    throw this.error(name, 'must be a duration such as 30s, 1m30s or 500 (milliseconds)')
  }

  /** A whole number. */
  integer(name: string, fallback: number): number {
    const value = this.#value(name)
    if (value === undefined) return fallback
    if (!/^-?\d+$/.test(String(value))) throw this.error(name, 'must be a whole number')
    return Number(value)
  }

  /** A text. */
  text(name: string, fallback: string): string {
    return this.#value(name) === undefined ? fallback : this.#document.text(...this.#pathOf(name))
  }

  /** Status codes and ranges of them, from `first` to `last`; `undefined` where there are none. */
  codes(name: string, first: number, last: number): CodeRanges | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    const ranges = parseCodeRanges(String(value), first, last)
    if (ranges) return ranges
    throw this.error(name, `must list codes and ranges of codes from ${first} to ${last}, separated by commas`)
  }

  /** The complaint about a field. */
  error(name: string, mustHold: string): DocumentError {
    return this.#document.error(this.#pathOf(name), mustHold)
  }

  /** The line of a field in its file. */
  line(name: string): number {
    return this.#document.line(...this.#pathOf(name))
  }

  /** The path to a field, as it is written. */
  #pathOf(name: string): Path {
    const names = this.names
    const written = names.includes(name) ? name : names.find((other) => other.toLowerCase() === name.toLowerCase())
    return [...this.#path, written ?? name]
  }

  #value(name: string): unknown {
    const value = this.#document.at(...this.#pathOf(name))
    return value === null || value === '' ? undefined : value
  }
}
