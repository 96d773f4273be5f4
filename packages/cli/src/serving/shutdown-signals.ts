/**
 * Ctrl-C and SIGTERM for `serve`: the first one asks for a clean end, the second one does not wait for it. Under npm, the
 * end of npm counts as SIGTERM.
 */
import { exitCodes } from '../exit-code.ts'

/** The signals that ask a process to end. */
export type ShutdownSignal = 'SIGINT' | 'SIGTERM'

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
  readonly #parentCheck: NodeJS.Timeout | undefined
  #firstAt: number | undefined

  /** `exit` ends the process on the second signal. */
  constructor(exit: (code: number) => void = (code) => process.exit(code)) {
    this.#exit = exit
    process.on('SIGINT', this.#listener)
    process.on('SIGTERM', this.#listener)
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
    if (signal !== 'SIGINT' && signal !== 'SIGTERM') return
    clearInterval(this.#parentCheck)
    const now = performance.now()
    if (this.#firstAt === undefined) {
      this.#firstAt = now
      this.#first.resolve(signal)
    } else if (now - this.#firstAt > SAME_KEY_MS) {
      this.#exit(signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated)
    }
  };

  [Symbol.dispose](): void {
    clearInterval(this.#parentCheck)
    process.off('SIGINT', this.#listener)
    process.off('SIGTERM', this.#listener)
  }
}
