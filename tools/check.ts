/**
 * One word to check it all: `npm run check` runs every step below and says at the end which ones failed; `npm run check -- types
 * imports` runs the named ones, `npm run check -- --list` names them all. With CHECK_SKIP_TESTS=1 the tests are left out, for
 * whoever has just run them.
 */
import { repositoryRoot } from './repository.ts'
import { runCommand } from './run-command.ts'

interface Step {
  readonly name: string
  readonly about: string
  readonly command: string
  readonly args: readonly string[]
}

function tool(name: string, file: string, about: string): Step {
  return { name, about, command: process.execPath, args: `tools/${file}`.split(' ') }
}

// Biome colours its output even in a pipe, unless it is told.
const colors = process.stdout.isTTY ? 'force' : 'off'
const steps: readonly Step[] = [
  { name: 'style', about: 'format and lint', command: 'biome', args: ['ci', `--colors=${colors}`, '.'] },
  { name: 'types', about: 'the compiler', command: 'tsc', args: ['-p', repositoryRoot] },
  tool('imports', 'check-imports.ts', 'who may import whom'),
  tool('repository', 'check-repository.ts', 'paths of one machine, leftovers, loose versions'),
  tool('tests', 'test.ts', 'all tests'),
  tool('snippets', 'check-snippets.ts', 'the code in README.md and docs/'),
  tool('packages', 'build.ts', 'what is published: its files, its types, and whether a program can use it'),
  tool('api', 'generate-api.ts --check', 'whether docs/api says what the doc comments say'),
]

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--list')) {
    for (const { name, about } of steps) console.log(`${name.padEnd(12)}${about}`)
    return 0
  }
  const names = steps.map(({ name }) => name)
  const unknown = args.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    console.error(`Cannot check: a step must be one of ${names.join(', ')}: current value is "${unknown}"`)
    return 1
  }
  const named = args.length === 0 ? steps : steps.filter(({ name }) => args.includes(name))
  const skipTests = process.env.CHECK_SKIP_TESTS === '1'
  const failed: string[] = []
  for (const { name, command, args } of named) {
    if (name === 'tests' && skipTests) {
      console.log('tests: left out, because CHECK_SKIP_TESTS is 1')
      continue
    }
    const start = performance.now()
    const { exitCode } = await runCommand(command, args, { show: true })
    if (exitCode !== 0) failed.push(name)
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(`${exitCode === 0 ? '✔' : '✖'} ${name} (${seconds} s)\n`)
  }
  const ran = named.length - (skipTests && named.some(({ name }) => name === 'tests') ? 1 : 0)
  if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`)
  console.log(`check: ${ran - failed.length} passed, ${failed.length} failed`)
  return failed.length === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
