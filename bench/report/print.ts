/** How results look: in the terminal, and in a page of the documentation between two marks. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Results } from './results.ts'
import { budgetTable, figureTable, type Table } from './table.ts'

const BEGIN = '<!-- figures: written by npm run bench -->'
const END = '<!-- figures end -->'

/** Prints both tables. */
export function printResults(results: Results): void {
  console.log(`\n${describe(results).join('\n')}\n`)
  for (const table of tablesOf(results)) console.log(`${aligned(table)}\n`)
}

/**
 * Writes both tables into a Markdown file, in place of those that stand there.
 * @throws Error where the file has no marks.
 */
export function writeMarkdown(file: string, results: Results): void {
  const text = readFileSync(file, 'utf8')
  const [before, rest] = text.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) {
    throw new Error(`Cannot write the figures into ${file}: it must hold the marks "${BEGIN}" and "${END}"`)
  }
  const about = describe(results).map((line) => `- ${line}`)
  const parts = [BEGIN, about.join('\n'), ...tablesOf(results).map(markdownTable), END]
  writeFileSync(file, `${before}${parts.join('\n\n')}${after}`)
}

function tablesOf(results: Results): Table[] {
  // A table that has a head and nothing else says nothing.
  return [budgetTable(results), figureTable(results)].filter((table) => table.length > 1)
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
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
  return table.map((row) => line(row).join('  ').trimEnd()).join('\n')
}

function markdownTable(table: Table): string {
  const [head = [], ...body] = table
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...body.map(line)].join('\n')
}
