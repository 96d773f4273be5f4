/**
 * A program that this command starts and answers for: it runs in a group of its own, so that everything that it starts is
 * ended with it, and it is ended however this command ends. The app of `run` is one, and so is a real daprd.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { ExitError, exitCodes, signalExitCode } from '../exit-code.ts'
import { atExit } from './at-exit.ts'
import { guardGroup } from './guard.ts'

/** How a program is started. */
export interface ChildOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether it reads what this command would read. */
  readonly readsInput: boolean
  /** What it is called in messages. */
  readonly title: string
  /** Where it works; without it where this command does. */
  readonly folder?: string
}

/** How a program ended. */
export interface ChildEnd {
  /** Its exit code; where a signal ended it, 128 and the signal's number. */
  readonly exitCode: number
}

/** A program that runs. */
export interface Child extends AsyncDisposable {
  readonly stdout: Socket
  readonly stderr: Socket
  /** Resolves when it has ended. */
  readonly ended: Promise<ChildEnd>
  /** Sends the signal to it and all that it started, and after 5 seconds SIGKILL. Resolves when all have ended. */
  stop(signal: NodeJS.Signals): Promise<ChildEnd>
}

/** How long a program may take to end before it is killed, in milliseconds. */
const STOP_LIMIT_MS = 5_000

const POLL_MS = 20

/** As shells have it. */
const NOT_FOUND = 127
const NOT_EXECUTABLE = 126

/**
 * Starts a program.
 * @throws ExitError with the code of shells, where there is none of that name or it cannot be executed.
 */
export async function startChild(program: string, words: readonly string[], options: ChildOptions): Promise<Child> {
  const child = spawn(program, words, {
    cwd: options.folder,
    env: options.environment,
    detached: process.platform !== 'win32',
    stdio: [options.readsInput ? 'inherit' : 'ignore', 'pipe', 'pipe'],
  })
  await once(child, 'spawn').catch((error: NodeJS.ErrnoException) => {
    throw notStarted(program, options.title, error)
  })
  return new Group(child)
}

function notStarted(program: string, title: string, error: NodeJS.ErrnoException): ExitError {
  const isMissing = error.code === 'ENOENT'
  const code = isMissing ? NOT_FOUND : error.code === 'EACCES' ? NOT_EXECUTABLE : exitCodes.failure
  const reason = isMissing ? 'there is none' : error.message
  return new ExitError(code, `Cannot start ${title}: "${program}" must be a program that can be run: ${reason}`)
}

class Group implements Child {
  readonly stdout: Socket
  readonly stderr: Socket
  readonly ended: Promise<ChildEnd>
  readonly #pid: number
  readonly #onExit: Disposable
  readonly #guard: Disposable

  constructor(child: ChildProcess) {
    const { pid } = child
    if (pid === undefined) throw new TypeError('Cannot watch a process: it must have been started')
    this.#pid = pid
    // A pipe to a program is a socket, which the types do not know.
    this.stdout = child.stdout as Socket
    this.stderr = child.stderr as Socket
    this.#onExit = atExit(() => this.#send('SIGKILL'))
    this.#guard = guardGroup(pid)
    this.ended = once(child, 'exit').then(([code, signal]) => ({
      exitCode: signal === null ? Number(code) : signalExitCode(signal as NodeJS.Signals),
    }))
  }

  async stop(signal: NodeJS.Signals): Promise<ChildEnd> {
    const deadline = performance.now() + STOP_LIMIT_MS
    let isAlive = this.#send(signal)
    while (isAlive && performance.now() < deadline) {
      await pause(POLL_MS)
      isAlive = this.#send(0)
    }
    if (isAlive) this.#send('SIGKILL')
    const end = await this.ended
    this.#guard[Symbol.dispose]()
    this.#onExit[Symbol.dispose]()
    return end
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGTERM')
  }

  /** Sends a signal to the whole group. @returns whether there is still somebody in it; 0 asks just that. */
  #send(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(process.platform === 'win32' ? this.#pid : -this.#pid, signal)
    } catch (error) {
      // What is left may have become another user's.
      return (error as NodeJS.ErrnoException).code === 'EPERM'
    }
  }
}
