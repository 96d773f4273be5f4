/**
 * `npm run conformance:clients`: installs Dapr's SDKs for other languages and runs them against our sidecar. A program whose
 * toolchain or packages cannot be had is skipped with a line. `--report FILE` writes the outcome into that Markdown file.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { writeSection } from '../../tools/marked-section.ts'
import { clientsReport, type SdkRun } from '../report/clients-report.ts'
import { install, runProgram, type SdkProgram, sdkPrograms } from './sdk-programs.ts'

const marks = { begin: '<!-- clients: written by npm run conformance:clients -->', end: '<!-- clients end -->' }

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { report: { type: 'string' } } })
  const runs: SdkRun[] = []
  for (const program of sdkPrograms) {
    const run = { name: program.name, version: versionOf(program) }
    const skipped = await install(program)
    runs.push(
      skipped === undefined ? { ...run, outcomes: await runProgram(program) } : { ...run, outcomes: [], skipped },
    )
  }
  for (const run of runs) print(run)
  if (values.report !== undefined) {
    writeSection(values.report, marks, clientsReport(new Date().toISOString().slice(0, 10), runs))
  }
  return runs.some(({ outcomes }) => outcomes.some(({ passed }) => !passed)) ? 1 : 0
}

function versionOf({ pinned: { file, pattern } }: SdkProgram): string {
  return pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
}

function print({ name, version, outcomes, skipped }: SdkRun): void {
  if (skipped !== undefined) {
    console.log(skipped)
    return
  }
  const failed = outcomes.filter(({ passed }) => !passed)
  for (const each of failed) console.log(`✖ ${name}: ${each.name}\n${each.detail ?? ''}`)
  console.log(`${name} ${version}: ${outcomes.length - failed.length} cases passed, ${failed.length} failed`)
}

process.exitCode = await main()
