/** What a run against a real daprd found, as Markdown for `docs/conformance.md`. */
import { differenceOf, differences } from '../suite/differences.ts'
import type { Comparison } from '../suite/run-cases.ts'
import { table } from './table.ts'

/** Who was compared, and when. */
export interface RunInfo {
  /** As in 2026-01-31. */
  readonly date: string
  /** The Dapr version that ours answers like, and the version that the other says it is. */
  readonly ours: string
  readonly theirs: string
}

/** How one case came out. */
export type Verdict = 'same' | 'intended' | 'unlisted' | 'wrong'

/** Whether ours is right, and whether daprd's is the same. */
export function verdictOf({ name, right, same }: Comparison): Verdict {
  if (!right) return 'wrong'
  if (same) return 'same'
  return differenceOf(name) === undefined ? 'unlisted' : 'intended'
}

/** The report, in paragraphs. */
export function suiteReport({ date, ours, theirs }: RunInfo, comparisons: readonly Comparison[]): string[] {
  const count = (verdict: Verdict) => comparisons.filter((each) => verdictOf(each) === verdict).length
  const groups = Map.groupBy(comparisons, ({ group }) => group)
  return [
    `Run on ${date}: dapr-chat, which answers as Dapr ${ours}, beside daprd ${theirs}.`,
    `- ${comparisons.length} cases in ${groups.size} groups\n` +
      `- ${count('same')} answered alike, and as the case expects\n` +
      `- ${count('intended')} answered otherwise on purpose, for ${differences.length} reasons\n` +
      `- ${count('unlisted')} answered otherwise without a reason\n` +
      `- ${count('wrong')} in which dapr-chat does not answer as the case expects`,
    '### Intended differences',
    table(
      ['', 'Why', 'Cases'],
      differences.map(({ reason, cases }, index) => [`D${index + 1}`, reason, cases.map(shown).join('<br>')]),
    ),
    '### Cases',
    'Both answers are the one that the case expects, unless the number of a difference stands there.',
    ...[...groups].flatMap(([title, cases]) => [`#### ${title}`, caseTable(cases)]),
  ]
}

const transports = ['HTTP', 'gRPC'] as const

/** A line for each case; those that were sent over both share one. */
function caseTable(comparisons: readonly Comparison[]): string {
  const rows = new Map<string, Map<string, string>>()
  for (const each of comparisons) {
    const name = each.name.replace(/, over (?:HTTP|gRPC)$/, '')
    const row = rows.get(name) ?? new Map<string, string>()
    rows.set(name, row.set(each.over, cellOf(each)))
  }
  const cells = (row: ReadonlyMap<string, string>) => transports.map((over) => row.get(over) ?? '')
  return table(
    ['Case', ...transports],
    [...rows].map(([name, row]) => [shown(name), ...cells(row)]),
  )
}

function cellOf(comparison: Comparison): string {
  const verdict = verdictOf(comparison)
  return verdict === 'intended' ? `D${differenceOf(comparison.name)}` : verdict
}

/** The name of a case as the cell of a table can hold it. */
function shown(name: string): string {
  return `\`${name.replaceAll('\n', ' ')}\``
}
