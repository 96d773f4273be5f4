/**
 * Reads the parts that a vendor's package streams, in batches: those that one read of the socket brought. The package
 * hands them over one promise at a time, but all of them within one turn of the event loop.
 */
import { setImmediate } from 'node:timers/promises'

/** Pulls only while a batch is asked for, so that a slow reader slows the package down, and through it the socket. */
export class PartBatches<T> {
  readonly #reader: ReadableStreamDefaultReader<T>
  #parts: T[] = []
  #ended = false
  #failure: { readonly reason: unknown } | undefined
  #wanted = false
  #reading = false
  #wake: (() => void) | undefined

  constructor(stream: ReadableStream<T>) {
    this.#reader = stream.getReader()
  }

  /**
   * The parts that are there, at least one; `undefined` when the stream has ended.
   * @throws what the stream fails with, after the parts that came before.
   */
  async next(): Promise<readonly T[] | undefined> {
    this.#wanted = true
    this.#read()
    while (this.#parts.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    // Not a delay: by the end of this turn of the event loop everything that has arrived is through the package.
    if (!this.#over) await setImmediate()
    this.#wanted = false
    const parts = this.#parts
    this.#parts = []
    if (parts.length > 0) return parts
    if (this.#failure) throw this.#failure.reason
    return undefined
  }

  /** Tells the package that nothing more is wanted. */
  cancel(): void {
    // Whatever the package has to say about that is of no interest any more.
    this.#reader.cancel().catch(() => {})
  }

  get #over(): boolean {
    return this.#ended || this.#failure !== undefined
  }

  #read(): void {
    if (this.#reading || !this.#wanted || this.#over) return
    this.#reading = true
    this.#reader.read().then(
      ({ done, value }) => {
        this.#reading = false
        if (done) this.#ended = true
        else this.#parts.push(value)
        this.#resume()
      },
      (reason: unknown) => {
        this.#reading = false
        this.#failure = { reason }
        this.#resume()
      },
    )
  }

  #resume(): void {
    this.#wake?.()
    this.#wake = undefined
    this.#read()
  }
}
