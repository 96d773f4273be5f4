/**
 * Pages that say what the project does and name the tests that prove it: reads the rows of such a page, and finds the names
 * that no test has.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A file that a page links to, and the names it gives of tests in it. */
export interface Proof {
  /** As it stands in the link. */
  readonly path: string
  readonly titles: readonly string[]
}

/** One row of a page's tables, by the number that it begins with. */
export interface ProofRow {
  readonly number: number
  readonly proofs: readonly Proof[]
}

/** A page that names proofs. */
export class ProofPage {
  readonly #path: string
  /** The rows that begin with a number, in order. */
  readonly rows: readonly ProofRow[]

  /** @param path the page's file. */
  constructor(path: string) {
    this.#path = path
    this.rows = readFileSync(path, 'utf8').split('\n').flatMap(rowOf)
  }

  /** What is named on the page and is not there, as sentences; empty where all is well. */
  missing(): string[] {
    return this.rows.flatMap(({ proofs }) => proofs.flatMap((proof) => this.missingOf(proof)))
  }

  /** The same of one proof. */
  missingOf({ path, titles }: Proof): string[] {
    const file = join(dirname(this.#path), path)
    if (!existsSync(file)) return [`${path} does not exist`]
    const source = readFileSync(file, 'utf8')
    return titles.filter((title) => !patternOf(title).test(source)).map((title) => `${path} has no “${title}”`)
  }
}

function rowOf(line: string): ProofRow[] {
  const [, number] = /^\| (\d+) +\|/.exec(line) ?? []
  return number === undefined ? [] : [{ number: Number(number), proofs: proofsOf(line) }]
}

/** The proofs that a line names. */
export function proofsOf(line: string): Proof[] {
  return [...line.matchAll(/\]\((?<path>[^)]+\.ts)\):(?<titles>(?:,? “[^”]+”)+)/g)].map(({ groups = {} }) => ({
    path: groups.path ?? '',
    titles: [...(groups.titles ?? '').matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
  }))
}

/** A string of the source that is this title; the contract puts the component's type in front. */
function patternOf(title: string): RegExp {
  const literal = title.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`(['"\`])(?:\\$\\{type\\}:? |\\$\\{[\\w.]+\\.type\\} )?${literal.join('\\$\\{[^`]*?\\}')}\\1`)
}
