/**
 * Runs the tests: every `*.test.ts` of the packages and of the folders beside them, in one run of Node's own test runner.
 * `npm test -- sse client` runs the files whose path contains one of the words; what begins with `-` goes to Node unchanged.
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { repositoryFiles, repositoryRoot } from './repository.ts'
import { runCommand } from './run-command.ts'

/** The longest that one file of tests may take, in milliseconds: one that waits for ever must not stop the others. */
const FILE_LIMIT_MS = 420_000

const patterns = [
  'packages/*/{src,test,testing}/**/*.test.ts',
  '{conformance,examples,tools,bench}/**/*.test.ts',
] as const

/** The test files whose path contains one of the words; all of them when there are no words. */
export function testFiles(words: readonly string[], root?: string): string[] {
  const files = repositoryFiles(patterns, root)
  return words.length === 0 ? files : files.filter((file) => words.some((word) => file.includes(word)))
}

async function main(args: readonly string[]): Promise<number> {
  const flags = args.filter((argument) => argument.startsWith('-'))
  const words = args.filter((argument) => !argument.startsWith('-'))
  const files = testFiles(words)
  if (files.length === 0) {
    console.error(`Cannot run tests: the path of a *.test.ts file must contain one of: ${words.join(', ')}`)
    return 1
  }
  // Servers of several files at once are welcome; more than four at once would only disturb each other's clocks.
  const concurrency = Math.min(availableParallelism(), 4)
  const limits = [`--test-concurrency=${concurrency}`, `--test-timeout=${FILE_LIMIT_MS}`]
  const options = ['--test', ...limits, '--test-reporter=spec', ...flags]
  // Hundreds of processes load the same files: what Node made of them for the first one serves the others.
  const env = { NODE_COMPILE_CACHE: join(repositoryRoot, 'node_modules/.cache/compiled') }
  const { exitCode } = await runCommand(process.execPath, [...options, ...files], { show: true, env })
  return exitCode
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
