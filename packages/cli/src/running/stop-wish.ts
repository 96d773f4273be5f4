/** The wish of whoever started `run` or `dev` that it ends: Ctrl-C, SIGTERM, or the end of the terminal. */
import { type ShutdownSignal, ShutdownSignals } from '../serving/shutdown-signals.ts'

/** Listens for as long as it is not disposed. A second signal ends the process at once, and all that it started. */
export class StopWish implements Disposable {
  readonly #signals = new ShutdownSignals(undefined, ['SIGINT', 'SIGTERM', 'SIGHUP'])
  readonly #controller = new AbortController()
  #given: ShutdownSignal | undefined

  constructor() {
    void this.#signals.first.then((signal) => {
      this.#given = signal
      this.#controller.abort()
    })
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Which one it was; `undefined` while none has come. */
  get given(): ShutdownSignal | undefined {
    return this.#given
  }

  /** Resolves with the first signal. */
  get came(): Promise<ShutdownSignal> {
    return this.#signals.first
  }

  [Symbol.dispose](): void {
    this.#signals[Symbol.dispose]()
  }
}
