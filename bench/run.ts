/**
 * The benchmark: `npm run bench`. It starts a mock provider, puts each target in front of it, one at a time, measures
 * it, and prints every figure, those with a budget beside the budget. With `--providers` the targets are the providers.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { HELP, readOptions } from './options.ts'
import { pinLoad } from './processes/cores.ts'
import { describeMachine, loadNow } from './processes/machine.ts'
import { printResults, writeMarkdown } from './report/print.ts'
import type { Results } from './report/results.ts'
import { providers } from './runs/providers.ts'
import { surfaces } from './runs/surfaces.ts'

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  if (!options) {
    console.log(HELP)
    return
  }
  const { measure, report } = options.providers ? providers : surfaces
  pinLoad()
  const loadBefore = loadNow()
  const targets = await measure(options)
  const results: Results = {
    date: new Date().toISOString().slice(0, 10),
    quick: options.quick,
    machine: describeMachine(loadBefore),
    targets,
  }
  printResults(results, report)
  mkdirSync(dirname(options.out), { recursive: true })
  writeFileSync(options.out, `${JSON.stringify(results, null, 2)}\n`)
  if (options.markdown !== undefined) writeMarkdown(options.markdown, results, report)
}

await main(process.argv.slice(2))
