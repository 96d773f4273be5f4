/** How results look: in the terminal, and in a page of the documentation between two marks. */
import { writeSection } from '../../tools/marked-section.ts'
import type { Results } from './results.ts'
import type { Table } from './table.ts'

/** What one kind of run shows, and where it stands in a page. */
export interface Report {
  /** The mark before it. */
  readonly begin: string
  /** The mark after it. */
  readonly end: string
  tables(results: Results): Table[]
}

/** Prints the tables. */
export function printResults(results: Results, report: Report): void {
  console.log(`\n${describe(results).join('\n')}\n`)
  for (const table of tablesOf(results, report)) console.log(`${aligned(table)}\n`)
}

/**
 * Writes the tables into a Markdown file, in place of those that stand there.
 * @throws Error where the file has no marks.
 */
export function writeMarkdown(file: string, results: Results, report: Report): void {
  const about = describe(results).map((line) => `- ${line}`)
  writeSection(file, report, [about.join('\n'), ...tablesOf(results, report).map(markdownTable)])
}

function tablesOf(results: Results, { tables }: Report): Table[] {
  // A table that has a head and nothing else says nothing.
  return tables(results).filter((table) => table.length > 1)
}

function describe({ date, quick, machine }: Results): string[] {
  const { cpu, cores, node, platform, pinned, load } = machine
  return [
    `${date}, ${quick ? 'quick run' : 'full run'}`,
    `${cpu}, ${cores} cores, ${platform}, Node ${node}`,
    pinned
      ? 'the server under test on core 0, mock provider and load on core 1'
      : 'no taskset here: the system places the processes, and figures are less steady',
    `load average ${load.before.toFixed(2)} before, ${load.after.toFixed(2)} after`,
  ]
}

function aligned(table: Table): string {
  return padded(table)
    .map((row) => row.join('  ').trimEnd())
    .join('\n')
}

/** A table as the formatter of this project leaves it. */
function markdownTable(table: Table): string {
  const [head = [], ...body] = padded(table)
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((cell, column) => (column === 0 ? '-'.repeat(cell.length) : `${'-'.repeat(cell.length - 1)}:`))
  return [head, rule, ...body].map(line).join('\n')
}

/** The cells of a column made equally wide, the first column's text at the left, the others' at the right. */
function padded(table: Table): string[][] {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  return table.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
  )
}
