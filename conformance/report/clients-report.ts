/** What a run of Dapr's SDKs found, as Markdown for `docs/conformance.md`. */
import type { SdkOutcome } from '../clients/sdk-programs.ts'
import { table } from './table.ts'

/** One SDK and what came of it. */
export interface SdkRun {
  readonly name: string
  readonly version: string
  readonly outcomes: readonly SdkOutcome[]
  /** Why it did not run. */
  readonly skipped?: string
}

/** The report, in paragraphs. */
export function clientsReport(date: string, runs: readonly SdkRun[]): string[] {
  return [`Run on ${date}.`, table(['SDK', 'Version', 'Passed', 'Failed', 'Cases'], runs.map(row))]
}

function row({ name, version, outcomes, skipped }: SdkRun): readonly string[] {
  if (skipped !== undefined) return [name, version, '', '', 'skipped: it could not be installed']
  const passed = outcomes.filter((outcome) => outcome.passed).length
  return [
    name,
    version,
    `${passed}`,
    `${outcomes.length - passed}`,
    outcomes.map((outcome) => outcome.name).join('<br>'),
  ]
}
