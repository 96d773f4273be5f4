/**
 * `dapr-chat run --run-file`: several apps, each with a sidecar, as if each had been started by a `dapr-chat run` of its own;
 * and so they are. All end together when somebody wants them to.
 */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DocumentError } from '@dapr-chat/sidecar'
import type { FlagValues } from '../arguments/flag.ts'
import type { runFlags } from '../commands/run-flags.ts'
import { ExitError, exitCodes } from '../exit-code.ts'
import { type AppPlan, type RunFilePlan, readRunFile } from './app-plan.ts'
import { type Child, startChild } from './child.ts'
import { passOn, standardOutputs } from './prefixed-output.ts'
import { StopWish } from './stop-wish.ts'

type Values = FlagValues<typeof runFlags>

/** What a folder stands for. */
const FILE = 'dapr.yaml'

/** The flags that go beside the file: which sidecar it is to be, for all of them. */
const beside: readonly string[] = ['run-file', 'engine', 'daprd']

/**
 * Runs the apps until all have ended or a signal comes.
 * @returns the exit code of the first app that failed, in the order of the file; 0 where none did.
 * @throws ExitError for a file that does not hold, and for flags that belong into it.
 */
export async function runFile(given: string, values: Values, words: readonly string[]): Promise<number> {
  const excess = Object.keys(values).find((name) => !beside.includes(name))
  if (excess !== undefined || words.length > 0) {
    throw new ExitError(
      exitCodes.usage,
      `Cannot use --run-file: the file must say it all: current value is "${excess === undefined ? words.join(' ') : `--${excess}`}"`,
    )
  }
  const { apps, passedOver } = await planOf(given)
  if (passedOver.length > 0) note(`passed over, as they mean nothing here: ${passedOver.join(', ')}`)
  const engine = [
    ...(values.engine === undefined ? [] : ['--engine', values.engine]),
    ...(values.daprd === undefined ? [] : ['--daprd', resolve(values.daprd)]),
  ]
  using stop = new StopWish()
  await using stack = new AsyncDisposableStack()
  const outputs = standardOutputs()
  const children: Child[] = []
  const passedOn: Promise<void>[] = []
  for (const app of apps) {
    const child = stack.use(await startApp(app, engine))
    const prefix = `${app.appId} `
    children.push(child)
    passedOn.push(passOn(child.stdout, outputs.stdout.writer(process.stdout, prefix)))
    passedOn.push(passOn(child.stderr, outputs.stderr.writer(process.stderr, prefix)))
  }
  const allEnded = Promise.all(children.map(({ ended }) => ended))
  const signal = await Promise.race([allEnded.then(() => undefined), stop.came])
  const ends = await Promise.all(children.map((child) => child.stop(signal ?? 'SIGTERM')))
  await Promise.all(passedOn)
  return ends.find(({ exitCode }) => exitCode !== exitCodes.ok)?.exitCode ?? exitCodes.ok
}

async function planOf(given: string): Promise<RunFilePlan> {
  try {
    const file = resolve((await stat(given)).isDirectory() ? join(given, FILE) : given)
    return readRunFile(await readFile(file, 'utf8'), dirname(file))
  } catch (error) {
    const place = error instanceof DocumentError ? `${given}:${error.line}` : given
    throw new ExitError(exitCodes.usage, `Cannot run ${place}: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * The same command again. The flags for the engine come first, as what follows `--` is the app's; a sidecar without an app is
 * always our own.
 */
function startApp({ appId, folder, words, environment }: AppPlan, engine: readonly string[]): Promise<Child> {
  const [command = '', ...rest] = words
  const [, program = ''] = process.argv
  return startChild(
    process.execPath,
    [...process.execArgv, program, command, ...(command === 'run' ? engine : []), ...rest],
    {
      environment: { ...process.env, ...environment },
      readsInput: false,
      title: `the sidecar of "${appId}"`,
      folder,
    },
  )
}

function note(text: string): void {
  process.stderr.write(`dapr-chat: ${text}\n`)
}
