/** `dev --detach`: the same command again, in the background, until its sidecar is ready. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exitCodes } from '../exit-code.ts'

/** What is printed when a sidecar is ready, as JSON with `--json`. */
export interface ReadyFacts {
  readonly msg: 'ready'
  /** The process to end. */
  readonly pid: number
  readonly http: string
  readonly grpc: string
  readonly metrics: string
  /** From the start of the command, in milliseconds. */
  readonly readyMs: number
  readonly components: readonly { readonly name: string; readonly type: string }[]
}

/** A sidecar in the background. */
export interface Detached {
  readonly facts: ReadyFacts
  /** The file that its output goes to. */
  readonly log: string
}

/** How the one in the background failed. */
export interface DetachFailure {
  readonly exitCode: number
  readonly output: string
}

/** Starts this command anew without `--detach`, and waits until its sidecar is ready or it ends. */
export async function startDetached(appId: string): Promise<Detached | DetachFailure> {
  const log = join('.dapr-chat', `dev-${appId}.log`)
  mkdirSync(dirname(log), { recursive: true })
  const file = openSync(log, 'w', 0o600)
  const words = process.argv.slice(1).filter((word) => !/^--?detach(?:=|$)/.test(word))
  // What watches npm would take the end of this command for the end of all.
  const { npm_lifecycle_event: _, ...environment } = process.env
  const child = spawn(process.execPath, [...process.execArgv, ...words], {
    env: environment,
    detached: true,
    stdio: ['ignore', file, file, 'ipc'],
  })
  closeSync(file)
  const ready = once(child, 'message').then(([facts]): Detached => ({ facts: facts as ReadyFacts, log }))
  const ended = once(child, 'exit').then(async ([code]): Promise<DetachFailure> => {
    return { exitCode: (code as number | null) ?? exitCodes.failure, output: await readFile(log, 'utf8') }
  })
  // Who gives up waiting does not want it any more either.
  const stop = (signal: NodeJS.Signals) => void child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  try {
    return await Promise.race([ready, ended])
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, stop)
    if (child.connected) child.disconnect()
    child.unref()
  }
}

/** Tells the command that started this one in the background, if one did. */
export function tellStarter(facts: ReadyFacts): void {
  if (process.send === undefined) return
  process.send(facts, () => process.disconnect?.())
}
