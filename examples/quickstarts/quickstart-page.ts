/** What the tests of a quickstart read from its page: the commands and the outputs that it shows, and where its links lead. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ProofPage, proofsOf } from '../../conformance/proofs.ts'
import { snippetsOf } from '../../tools/snippets.ts'

/** A quickstart's README.md. */
export class QuickstartPage {
  readonly text: string
  readonly #path: string

  /** @param folder the quickstart's. */
  constructor(folder: string) {
    this.#path = join(folder, 'README.md')
    this.text = readFileSync(this.#path, 'utf8')
  }

  /** The words of the one command that begins like this; what follows a backslash at a line's end belongs to it. */
  command(beginning: string): string[] {
    const lines = this.#blocks('sh').flatMap((code) => code.replaceAll(/\\\n\s*/g, '').split('\n'))
    const [line, ...others] = lines.filter((each) => each.startsWith(beginning))
    if (line === undefined || others.length > 0) {
      throw new Error(`the page must have one command "${beginning}": it has ${others.length + (line ? 1 : 0)}`)
    }
    return line.split(' ')
  }

  /** The one output that begins like this, with the figures that differ from run to run as `N`. */
  output(beginning: string): string {
    const [block, ...others] = this.#blocks('text').filter((code) => code.startsWith(beginning))
    if (block === undefined || others.length > 0) throw new Error(`the page must have one output "${beginning}"`)
    return withoutFigures(block)
  }

  /** Links that lead nowhere, and names of tests that are not there, as sentences. */
  wrongLinks(): string[] {
    const links = [...this.text.matchAll(/\]\((?!https?:|#)(?<path>[^)#]+)/g)].map(({ groups }) => groups?.path ?? '')
    const gone = links.filter((path) => !existsSync(join(dirname(this.#path), path)))
    const proofs = new ProofPage(this.#path)
    return [
      ...gone.map((path) => `${path} does not exist`),
      ...proofsOf(this.text.replaceAll(/\n +/g, ' ')).flatMap((proof) => proofs.missingOf(proof)),
    ]
  }

  #blocks(language: string): string[] {
    return snippetsOf(this.#path, this.text).flatMap((block) => (block.language === language ? [block.code] : []))
  }
}

/** An output without the figures that differ from run to run: times, speeds, and the time of day. */
export function withoutFigures(output: string): string {
  return output.replaceAll(/\d+\.\d+|\d\d:\d\d/g, 'N')
}
