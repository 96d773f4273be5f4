/** Ctrl-C and SIGTERM for commands that wait for an answer: they abort it, and say with which code to exit. */
import { exitCodes } from '../exit-code.ts'

/** Listens for as long as it is not disposed. A second signal is not held up: the process ends at once. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController()
  #exitCode: number | undefined

  constructor() {
    process.once('SIGINT', this.#onInterrupt)
    process.once('SIGTERM', this.#onTerminate)
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The code to exit with; `undefined` while no signal has come. */
  get exitCode(): number | undefined {
    return this.#exitCode
  }

  readonly #onInterrupt = (): void => this.#stop(exitCodes.interrupted)
  readonly #onTerminate = (): void => this.#stop(exitCodes.terminated)

  #stop(exitCode: number): void {
    this.#exitCode ??= exitCode
    this.#controller.abort()
  }

  [Symbol.dispose](): void {
    process.off('SIGINT', this.#onInterrupt)
    process.off('SIGTERM', this.#onTerminate)
  }
}
