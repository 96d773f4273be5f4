/**
 * Changes to entries that many conversations share. Those of one process that come while the entry is being written go
 * together into the next write, so that they do not race each other; other processes are met by `updateEntry`.
 */

/** Makes a change of what stands in an entry. */
export type Change<T> = (present: T | undefined) => T

interface Batch<T> {
  readonly changes: Change<T>[]
  readonly written: Promise<void>
}

/** Puts changes of the same entry together. */
export class BatchedUpdates<T> {
  readonly #update: (key: string, change: Change<T>) => Promise<unknown>
  /** What is being written, or waits for it, by key; the last one. */
  readonly #last = new Map<string, Promise<void>>()
  /** What has not begun to be written. */
  readonly #waiting = new Map<string, Batch<T>>()

  /** @param update writes one change; it may ask for it several times. */
  constructor(update: (key: string, change: Change<T>) => Promise<unknown>) {
    this.#update = update
  }

  /** Makes a change; resolves once it is written, and fails with all that were to be written together with it. */
  add(key: string, change: Change<T>): Promise<void> {
    const batch = this.#waiting.get(key) ?? this.#begin(key)
    batch.changes.push(change)
    return batch.written
  }

  #begin(key: string): Batch<T> {
    const changes: Change<T>[] = []
    const written = this.#write(key, changes, this.#last.get(key))
    const batch = { changes, written }
    this.#waiting.set(key, batch)
    this.#last.set(key, written)
    const forget = () => {
      if (this.#last.get(key) === written) this.#last.delete(key)
    }
    written.then(forget, forget)
    return batch
  }

  async #write(key: string, changes: readonly Change<T>[], before: Promise<void> | undefined): Promise<void> {
    // How the one before ended is for those who are in it. Without one, this still lets the first change come in.
    await before?.catch(() => {})
    await Promise.resolve()
    this.#waiting.delete(key)
    const [first, ...rest] = changes
    if (!first) return
    await this.#update(key, (present) => rest.reduce((value, change) => change(value), first(present)))
  }
}
