/**
 * `npm run conformance:runtimes`: installs Bun and Deno where they are missing, and runs the program in all runtimes.
 * One that cannot be had is skipped with a line.
 */
import { installRuntimes, runtimes } from './runtimes.ts'

async function main(): Promise<number> {
  const failure = await installRuntimes()
  if (failure !== undefined) console.log(`Cannot install the runtimes that are missing:\n${failure}`)
  let failed = 0
  for (const { name, find, missing, run } of runtimes) {
    const executable = find()
    if (executable === undefined) {
      console.log(`Skipped ${name}: ${missing}`)
      continue
    }
    const outcomes = await run(executable)
    const wrong = outcomes.filter(({ passed }) => !passed)
    for (const outcome of wrong) console.log(`✖ ${name}: ${outcome.name}\n${outcome.detail ?? ''}`)
    console.log(`${name}: ${outcomes.length - wrong.length} cases passed, ${wrong.length} failed`)
    failed += wrong.length
  }
  return failed === 0 ? 0 : 1
}

process.exitCode = await main()
