/** A real daprd beside an app or under the development helper: found, started, waited for, and listened to. */
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import type { Environment } from '../environment.ts'
import { ExitError, exitCodes } from '../exit-code.ts'
import { untilReady } from '../serving/wait.ts'
import { write } from '../terminal/output.ts'
import { type Child, startChild } from './child.ts'
import type { RunningComponent, RunningSidecar } from './sidecar.ts'

/** How a daprd is started. */
export interface DaprdOptions {
  readonly program: string
  readonly flags: readonly string[]
  /** As in its flags. */
  readonly httpPort: number
  readonly environment: Environment
  /** How long it may take to be ready, in milliseconds. */
  readonly limitMs: number
  /** Says that nobody waits for it any more. */
  readonly signal: AbortSignal
  /** Where its log goes. */
  readonly log: Writable
  /** What is taken out of its log. */
  readonly secrets: readonly string[]
}

/** How many lines of its log are shown again when it fails. */
const LAST_LINES = 20

/**
 * Starts it, and waits until it is healthy and says what it has.
 * @throws ExitError where it cannot be started, ends before it is ready, or is not ready in time.
 */
export async function startDaprd(options: DaprdOptions): Promise<RunningSidecar> {
  const { program, flags, environment } = options
  const child = await startChild(program, flags, { environment, readsInput: false, title: 'daprd' })
  const last: string[] = []
  const drained = Promise.all([child.stdout, child.stderr].map((stream) => keepLines(stream, last, options)))
  const failure = async (exitCode: number, when: string): Promise<string> => {
    await drained
    const lines = last.length === 0 ? '' : `; its last lines:\n${last.map((line) => `   ${line}`).join('\n')}`
    return `daprd ended with exit code ${exitCode}${when}${lines}`
  }
  try {
    const components = await untilReadyOrEnded(child, options, failure)
    return {
      components,
      ended: child.ended.then(async ({ exitCode }) => (exitCode === 0 ? {} : { failure: await failure(exitCode, '') })),
      async [Symbol.asyncDispose]() {
        await child.stop('SIGTERM')
        await drained
      },
    }
  } catch (error) {
    await child.stop('SIGTERM')
    throw error
  }
}

async function untilReadyOrEnded(
  child: Child,
  { httpPort, limitMs, signal, environment }: DaprdOptions,
  failure: (exitCode: number, when: string) => Promise<string>,
): Promise<RunningComponent[]> {
  using waiting = new Waiting()
  const given = AbortSignal.any([signal, waiting.signal])
  const ready = untilReady(httpPort, limitMs, given).then(() => componentsOf(httpPort, environment, given))
  const ended = child.ended.then(async ({ exitCode }): Promise<never> => {
    throw new ExitError(exitCodes.failure, await failure(exitCode, ' before it was ready'))
  })
  return await Promise.race([ready, ended])
}

/** A wait that is over at the end of a block. */
class Waiting implements Disposable {
  readonly #controller = new AbortController()

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  [Symbol.dispose](): void {
    this.#controller.abort()
  }
}

async function componentsOf(httpPort: number, environment: Environment, signal: AbortSignal) {
  const token = environment.DAPR_API_TOKEN
  const response = await fetch(`http://localhost:${httpPort}/v1.0/metadata`, {
    headers: token ? { 'dapr-api-token': token } : {},
    signal,
  })
  const { components = [] } = (await response.json()) as { components?: RunningComponent[] }
  return components.map(({ name, type }) => ({ name, type }))
}

/** Passes a log on, line by line and without secrets, and keeps the last lines of it. */
async function keepLines(stream: Child['stdout'], last: string[], { log, secrets }: DaprdOptions): Promise<void> {
  for await (const line of createInterface({ input: stream })) {
    const shown = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line)
    last.push(shown)
    if (last.length > LAST_LINES) last.shift()
    await write(log, `${shown}\n`)
  }
}

/**
 * Where daprd is: on the path, or where `dapr init` puts it.
 * @param runtimePath the folder that `dapr init` was told, as in `dapr run --runtime-path`.
 * @throws ExitError where it is in neither place.
 */
export async function findDaprd(environment: Environment, runtimePath?: string): Promise<string> {
  const places = [
    ...(environment.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
    join(runtimePath || environment.DAPR_RUNTIME_PATH || homedir(), '.dapr', 'bin'),
  ].map((folder) => join(folder, process.platform === 'win32' ? 'daprd.exe' : 'daprd'))
  for (const place of places) {
    const isProgram = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isProgram) return place
  }
  throw new ExitError(
    exitCodes.usage,
    `Cannot start daprd: it must be on the path or at ${places.at(-1)}: it is in neither place; name it with --daprd PATH`,
  )
}
