/**
 * The signals to `serve`, `run` and `dev`: the first one asks for a clean end, the second one does not wait for it. Under
 * npm, the end of npm counts as SIGTERM.
 */
import { signalExitCode } from '../exit-code.ts'

/** The signals that may ask a process to end. */
export type ShutdownSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/**
 * One Ctrl-C under `npm start` arrives twice: the terminal sends it to every process in the foreground, and npm passes
 * its own on. What follows within this time, in milliseconds, is the same key.
 */
const SAME_KEY_MS = 400

/** How often a process that npm started looks whether npm is still there, in milliseconds. */
const PARENT_CHECK_MS = 500

/** Listens to the signals for as long as it is not disposed. */
export class ShutdownSignals implements Disposable {
  readonly #first = Promise.withResolvers<ShutdownSignal>()
  readonly #exit: (code: number) => void
  readonly #signals: readonly ShutdownSignal[]
  readonly #parentCheck: NodeJS.Timeout | undefined
  #firstAt: number | undefined

  /**
   * @param exit ends the process on the second signal.
   * @param signals those that are listened to; the others end the process as they always do.
   */
  constructor(
    exit: (code: number) => void = (code) => process.exit(code),
    signals: readonly ShutdownSignal[] = ['SIGINT', 'SIGTERM'],
  ) {
    this.#exit = exit
    this.#signals = signals
    for (const signal of signals) process.on(signal, this.#listener)
    // npm starts a shell that starts us. SIGTERM ends npm and the shell, and most shells pass nothing on.
    if (process.env.npm_lifecycle_event !== undefined) {
      const parent = process.ppid
      this.#parentCheck = setInterval(() => {
        if (process.ppid !== parent) this.#listener('SIGTERM')
      }, PARENT_CHECK_MS).unref()
    }
  }

  /** The first signal. Stays pending where none comes. */
  get first(): Promise<ShutdownSignal> {
    return this.#first.promise
  }

  readonly #listener = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGINT' && signal !== 'SIGTERM' && signal !== 'SIGHUP') return
    clearInterval(this.#parentCheck)
    const now = performance.now()
    if (this.#firstAt === undefined) {
      this.#firstAt = now
      this.#first.resolve(signal)
    } else if (now - this.#firstAt > SAME_KEY_MS) {
      this.#exit(signalExitCode(signal))
    }
  };

  [Symbol.dispose](): void {
    clearInterval(this.#parentCheck)
    for (const signal of this.#signals) process.off(signal, this.#listener)
  }
}
