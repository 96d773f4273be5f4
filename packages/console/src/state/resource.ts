/** Something that is read from the sidecar, again and again: the newest value, and why there is no newer one. */
import { type ReadonlySignal, signal } from '@preact/signals'
import { ApiError } from '../api/http.ts'
import { paused } from './live.ts'
import { session } from './session.ts'

/** What was read. */
export interface Resource<T> {
  /** The newest; undefined until something was read. */
  readonly value: ReadonlySignal<T | undefined>
  /** Why the last reading failed; undefined where it did not. */
  readonly problem: ReadonlySignal<string | undefined>
  /** Reads again. Of several readings the one that was begun last counts. */
  read(): Promise<void>
}

/** Makes a resource; nothing is read yet. */
export function resource<T>(load: () => Promise<T>): Resource<T> {
  const value = signal<T | undefined>()
  const problem = signal<string | undefined>()
  let newest = 0
  return {
    value,
    problem,
    async read() {
      const turn = ++newest
      try {
        const loaded = await load()
        if (turn !== newest) return
        value.value = loaded
        problem.value = undefined
      } catch (error) {
        if (turn !== newest) return
        problem.value = error instanceof Error ? error.message : String(error)
        if (error instanceof ApiError && error.status === 401) session.look()
      }
    },
  }
}

/** Reads at once and then every so often, while the page is seen. The result ends it. */
export function keepReading({ read }: Pick<Resource<unknown>, 'read'>, everyMs: number): () => void {
  const look = () => {
    if (!document.hidden && !paused.value) void read()
  }
  const timer = setInterval(look, everyMs)
  document.addEventListener('visibilitychange', look)
  void read()
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
  }
}
