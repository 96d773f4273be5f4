/** Documents that tools write a part of: the part stands between two marks, the rest is written by hand. */
import { readFileSync, writeFileSync } from 'node:fs'

/** The comments before and after the part. */
export interface SectionMarks {
  readonly begin: string
  readonly end: string
}

/**
 * Writes paragraphs into a Markdown file, in place of those between the marks.
 * @throws Error where the file has no marks.
 */
export function writeSection(file: string, { begin, end }: SectionMarks, paragraphs: readonly string[]): void {
  const [before, rest] = readFileSync(file, 'utf8').split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) {
    throw new Error(`Cannot write into ${file}: it must hold the marks "${begin}" and "${end}"`)
  }
  writeFileSync(file, `${before}${[begin, ...paragraphs, end].join('\n\n')}${after}`)
}
