/** A server in a process of its own, on a core of its own where the system can do that. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { repositoryRoot } from '../../tools/repository.ts'
import { canPin } from './cores.ts'
import type { ProbeMessage, Usage, UsageQuestion } from './probe.ts'

/**
 * The young generation of V8's heap grows with the rate of garbage to 100 MB and more, and seldom shrinks: growth of the
 * process, not of its streams. At a fixed size it is there before the first stream, in every target alike.
 */
const V8_FLAGS = ['--expose-gc', '--min-semi-space-size=16', '--max-semi-space-size=16']

/** How a server is started. */
export interface ServerProcessOptions {
  /** The file that Node runs, from the repository's root. */
  readonly file: string
  readonly args?: readonly string[]
  /** The core it runs on. */
  readonly core: number
  /** The folder that receives a CPU profile of the process when it ends; absent for none. */
  readonly profileFolder?: string | undefined
}

/** A running server. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #answers = new Map<number, (usage: Usage) => void>()
  readonly #ready = Promise.withResolvers<string>()
  #questions = 0

  /** Starts the process; `ready` says when it answers. */
  constructor({ file, args = [], core, profileFolder }: ServerProcessOptions) {
    const profile = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
    const probe = join(repositoryRoot, 'bench/processes/probe.ts')
    const command = [process.execPath, ...V8_FLAGS, ...profile, `--import=${probe}`, file, ...args]
    const [program = '', ...rest] = canPin ? ['taskset', '-c', String(core), ...command] : command
    this.#child = spawn(program, rest, { cwd: repositoryRoot, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#child.on('message', (message: ProbeMessage) => this.#receive(message))
    this.#child.on('error', (error) => this.#ready.reject(error))
    this.#child.on('exit', (code) =>
      this.#ready.reject(new Error(`Cannot measure ${file}: it must keep running: it ended with exit code ${code}`)),
    )
  }

  /** The address that the process announced. Never comes for a program that does not know of the probe. */
  get ready(): Promise<string> {
    return this.#ready.promise
  }

  /** What the process has cost so far. */
  usage({ collect = false }: { collect?: boolean } = {}): Promise<Usage> {
    const question: UsageQuestion = { id: this.#questions++, collect }
    return new Promise((resolve, reject) => {
      this.#answers.set(question.id, resolve)
      this.#child.send(question, (error) => error && reject(error))
    })
  }

  /** Ends the process and waits for its end. */
  async stop(): Promise<void> {
    // Nobody may be waiting for it any more.
    this.#ready.promise.catch(() => {})
    if (this.#child.exitCode !== null) return
    const exit = once(this.#child, 'exit')
    if (this.#child.connected) this.#child.disconnect()
    await exit
  }

  #receive(message: ProbeMessage): void {
    if ('ready' in message) {
      this.#ready.resolve(message.ready)
      return
    }
    this.#answers.get(message.id)?.(message.usage)
    this.#answers.delete(message.id)
  }
}
