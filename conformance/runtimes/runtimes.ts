/**
 * Where the client must run, and how each is found and started. Bun and Deno are on the PATH, or in a folder of their own
 * into which `run.ts` installs them; the tests only look whether they are there.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium, noChromium } from '../../tools/chromium.ts'
import { findProgram, isProgram } from '../../tools/find-program.ts'
import { repositoryRoot } from '../../tools/repository.ts'
import { runCommand } from '../../tools/run-command.ts'
import { runInBrowser } from './browser.ts'
import type { Outcome } from './program.ts'
import { startTestBed } from './test-bed.ts'

/** One place where the client runs. */
export interface Runtime {
  readonly name: string
  /** Its program; undefined where it is not installed. */
  find(): string | undefined
  /** Said where it is not installed. */
  readonly missing: string
  /** Runs the program beside a sidecar and says how its cases came out. */
  run(executable: string): Promise<readonly Outcome[]>
}

/** The folder for the runtimes that npm has. */
const installed = join(repositoryRoot, 'node_modules/.cache/runtimes')

/** What is installed there: the exact version, and the script by which each puts its program into place. */
const packages = [
  { name: 'bun', version: '1.4.5', script: 'install.js' },
  { name: 'deno', version: '2.9.6', script: 'install.cjs' },
] as const

/** Reads the variables of Dapr, reaches this machine, and may do nothing else. */
const denoPermissions = ['--no-prompt', '--allow-net=127.0.0.1', '--allow-env'] as const

/** All of them. */
export const runtimes: readonly Runtime[] = [
  { name: 'Node', find: () => process.execPath, missing: '', run: (node) => runCommandLine(node, []) },
  {
    name: 'Bun',
    find: () => findRuntime('bun'),
    missing: 'Bun is not installed: npm run conformance:runtimes does that',
    run: (bun) => runCommandLine(bun, ['run']),
  },
  {
    name: 'Deno',
    find: () => findRuntime('deno'),
    missing: 'Deno is not installed: npm run conformance:runtimes does that',
    run: (deno) => runCommandLine(deno, ['run', ...denoPermissions]),
  },
  { name: 'Chromium', find: findChromium, missing: noChromium, run: runInBrowser },
]

/** Installs Bun and Deno where they are not on the PATH. Gives what was said where that failed. */
export async function installRuntimes(): Promise<string | undefined> {
  const wanted = packages.filter(({ name }) => findRuntime(name) === undefined)
  if (wanted.length === 0) return undefined
  mkdirSync(installed, { recursive: true })
  const names = wanted.map(({ name, version }) => `${name}@${version}`)
  // Whether npm itself runs the scripts of packages depends on its version.
  const options = ['--prefix', installed, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts']
  const steps = [
    { command: 'npm', args: ['install', ...options, ...names] },
    ...wanted.map(({ name, script }) => ({
      command: process.execPath,
      args: [join(installed, 'node_modules', name, script)],
    })),
  ]
  for (const { command, args } of steps) {
    const { exitCode, output } = await runCommand(command, args, { cwd: installed })
    if (exitCode !== 0) return output.trim()
  }
  return undefined
}

async function runCommandLine(command: string, args: readonly string[]): Promise<readonly Outcome[]> {
  await using bed = await startTestBed()
  const { exitCode, stdout, output } = await runCommand(command, [...args, join(import.meta.dirname, 'main.ts')], {
    env: {
      DAPR_HTTP_ENDPOINT: bed.http,
      DAPR_API_TOKEN: '',
      DAPR_LLM_COMPONENT_DEFAULT: '',
      // Nobody stands between the program and its sidecar.
      NO_PROXY: '127.0.0.1',
    },
    timeoutMs: 60_000,
  })
  if (exitCode === 0) return JSON.parse(stdout)
  return [{ name: 'runs to its end', passed: false, detail: output }]
}

/** A program on the PATH, or else in the folder; the variable of its name in capitals says another path. */
function findRuntime(name: string): string | undefined {
  const named = process.env[name.toUpperCase()]
  if (named) return isProgram(named) ? named : undefined
  return findProgram([name], process.env, [join(installed, 'node_modules/.bin')])
}
