/**
 * One YAML document with its positions. `manifest.ts` reads component files through it: a document of a file can be
 * broken without harm to its neighbours, and every complaint names the line it is about.
 */
import {
  type Document,
  isAlias,
  isCollection,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  type ScalarTag,
  visit,
} from 'yaml'
import { findExcess } from './structure.ts'

/** Keys and indexes from the root of a document to a node. */
export type Path = readonly (string | number)[]

/** A text of a document, and where the source says it. */
export interface TextPlace {
  readonly text: string
  /** How many characters of the source stand before it, quotation marks being part of it. */
  readonly start: number
  /** How many stand before what follows it. */
  readonly end: number
}

/** Complaints show what they complain of, which may be anything. */
const MAX_MESSAGE_LENGTH = 500

/** A document, or one of its fields, is not what it must be. Caught by whoever reads the file, and never leaves it. */
export class DocumentError extends Error {
  /** Counted from 1. */
  readonly line: number

  constructor(line: number, message: string) {
    super(message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message)
    this.line = line
  }
}

/** YAML 1.1's words for truth, which Dapr's YAML library still understands and YAML 1.2 no longer does. */
const booleans: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: (value) => typeof value === 'boolean',
  test: /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/,
  resolve: (text) => /^(?:y|yes|true|on)$/i.test(text),
}

/** What the parser says in its own words where a line begins in the wrong column. */
const aboutIndentation: ReadonlySet<string> = new Set(['BAD_INDENT', 'BLOCK_AS_IMPLICIT_KEY', 'MULTILINE_IMPLICIT_KEY'])

/** A parsed document: plain values, and the lines they stand on. */
export class YamlDocument {
  readonly #root: unknown
  readonly #lineOf: (path: Path) => number | undefined
  readonly #textsIn: (path: Path) => TextPlace[]

  /**
   * @param firstLine the line of the file on which the text begins.
   * @throws DocumentError where the text is not one valid YAML document.
   */
  constructor(text: string, firstLine: number) {
    const excess = findExcess(text)
    if (excess) {
      const line = text.slice(0, excess.offset).split('\n').length
      throw new DocumentError(firstLine + line - 1, `the document ${excess.mustHold}`)
    }
    const counter = new LineCounter()
    const lineAt = (offset: number) => counter.linePos(offset).line + firstLine - 1
    const document = parseDocument(text, {
      lineCounter: counter,
      prettyErrors: false,
      stringKeys: true,
      // Account numbers and the like keep all their digits.
      intAsBigInt: true,
      merge: true,
      resolveKnownTags: false,
      customTags: (tags) => [booleans, ...tags.filter((tag) => typeof tag === 'string' || tag.tag !== booleans.tag)],
    })
    const [error] = document.errors
    if (error?.code === 'MULTIPLE_DOCS') {
      throw new DocumentError(lineAt(error.pos[0]), 'a further document must begin with a line "---"')
    }
    if (error) {
      const hint = aboutIndentation.has(error.code)
        ? '; look at the indentation of this line and the one before it'
        : ''
      throw new DocumentError(lineAt(error.pos[0]), `the document must be valid YAML: ${error.message}${hint}`)
    }
    try {
      this.#root = document.toJS()
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      const line = lineAt(unresolvedAlias(document, reason) ?? 0)
      throw new DocumentError(line, `the document must be valid YAML: ${reason}`)
    }
    this.#lineOf = (path) => {
      const node = path.length === 0 ? document.contents : document.getIn(path, true)
      const offset = (node as { range?: readonly number[] } | null | undefined)?.range?.[0]
      return offset === undefined ? undefined : lineAt(offset)
    }
    this.#textsIn = (path) => textsIn(document, path)
  }

  /** The texts at and below a path, keys left out; an alias stands for what it refers to. Each once. */
  textsIn(...path: Path): TextPlace[] {
    return this.#textsIn(this.#spelt(path))
  }

  /**
   * The value at a path; `undefined` where the document does not have it. Names of fields are read without regard to case,
   * as daprd reads them; of several spellings the path's own wins.
   */
  at(...path: Path): unknown {
    return path.reduce<unknown>((value, key) => {
      const name = keyOf(value, key)
      return name === undefined ? undefined : (value as Record<string | number, unknown>)[name]
    }, this.#root)
  }

  /** The path in the document's own spelling, as far as the document has it. */
  #spelt(path: Path): Path {
    let value = this.#root
    return path.map((key) => {
      const name = keyOf(value, key) ?? key
      value = (value as Record<string | number, unknown> | null | undefined)?.[name]
      return name
    })
  }

  /** The line of the value at a path, or of the nearest one above it that is written out. */
  line(...path: Path): number {
    const spelt = this.#spelt(path)
    for (let length = path.length; length >= 0; length--) {
      const line = this.#lineOf(spelt.slice(0, length))
      if (line !== undefined) return line
    }
    return 1
  }

  /**
   * The text at a path; empty where there is none.
   * @throws DocumentError where something else stands there.
   */
  text(...path: Path): string {
    const value = this.at(...path) ?? ''
    if (typeof value !== 'string') throw this.error(path, 'must be text (put it in quotes)')
    return value
  }

  /**
   * The boolean at a path; `false` where there is none.
   * @throws DocumentError where something else stands there.
   */
  flag(...path: Path): boolean {
    const value = this.at(...path) ?? false
    if (typeof value !== 'boolean') throw this.error(path, 'must be true or false')
    return value
  }

  /**
   * The length of the list at a path; 0 where there is none.
   * @throws DocumentError where something else stands there.
   */
  count(...path: Path): number {
    const value = this.at(...path) ?? []
    if (!Array.isArray(value)) throw this.error(path, 'must be a list')
    return value.length
  }

  /** The complaint that the value at a path is not what it must be. */
  error(path: Path, mustHold: string): DocumentError {
    return new DocumentError(
      this.line(...path),
      `${spell(path)} ${mustHold}: current value is ${describe(this.at(...path))}`,
    )
  }
}

function textsIn(document: Document, path: Path): TextPlace[] {
  const behind = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node)
  const top = path.reduce<unknown>((node, key) => {
    const collection = behind(node)
    return isCollection(collection) ? collection.get(key, true) : undefined
  }, document.contents)
  const places = new Map<number, TextPlace>()
  const waiting = [top]
  for (const next of waiting) {
    const node = behind(next)
    if (isCollection(node)) waiting.push(...node.items.map((item) => (isPair(item) ? item.value : item)))
    if (!isScalar(node) || typeof node.value !== 'string' || !node.range) continue
    const [start, end] = node.range
    places.set(start, { text: node.value, start, end })
  }
  return [...places.values()]
}

/** Where the alias stands that the library complains of; its complaint has the name alone. */
function unresolvedAlias(document: Document, reason: string): number | undefined {
  const [, name] = /^Unresolved alias .*: (.+)$/.exec(reason) ?? []
  let offset: number | undefined
  visit(document, {
    Alias(_key, { source, range }) {
      if (source !== name) return undefined
      offset = range?.[0]
      return visit.BREAK
    },
  })
  return offset
}

/** The key under which a collection has what a path asks for; `undefined` where it has nothing like it. */
function keyOf(value: unknown, key: string | number): string | number | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Object.hasOwn(value, key)) return key
  const lower = String(key).toLowerCase()
  return Object.keys(value).find((name) => name.toLowerCase() === lower)
}

/** `spec.metadata[0].name`. */
function spell(path: Path): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
  return text.slice(1)
}

function describe(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
