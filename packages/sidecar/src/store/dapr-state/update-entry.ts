/** Changes an entry of the state store on the basis of what stands there, so that of several writers none loses anything. */
import { setTimeout as pause } from 'node:timers/promises'
import type { StateApi } from './state-api.ts'

/** How one kind of entry is read and written. */
export interface EntryForm<T extends object> {
  /**
   * Understands an entry; `undefined` for one that has expired.
   * @throws Error that says what must hold.
   */
  parse(value: unknown): T | undefined
  /** How long the entry is to stay, in milliseconds; 0 means for ever. */
  ttlMs(value: T): number
}

/** The longest wait between two attempts, in milliseconds; each is random, so that writers do not meet again. */
const MAX_WAIT_MS = 100

/** What stands under a key. */
export async function readEntry<T extends object>(
  api: StateApi,
  key: string,
  form: EntryForm<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  const entry = await api.read(key, signal)
  return entry && parseEntry(api, entry.text, form)
}

/**
 * Puts what `change` makes of the present value in its place; where somebody else has written meanwhile, it is asked again
 * with what is there then, until the signal ends it.
 * @returns what was written.
 */
export async function updateEntry<T extends object>(
  api: StateApi,
  key: string,
  form: EntryForm<T>,
  change: (present: T | undefined) => T,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    const entry = await api.read(key, signal)
    if (entry && entry.etag === undefined) {
      throw api.unusable('the state component must support ETags, or replicas would undo what others have written')
    }
    const value = change(entry && parseEntry(api, entry.text, form))
    if (await api.write(key, { value, etag: entry?.etag, ttlMs: form.ttlMs(value) }, signal)) return value
    await pause(Math.random() * MAX_WAIT_MS, undefined, { signal }).catch((cause: unknown) => {
      throw api.unusable(`others must let it be written: every attempt met another writer`, cause)
    })
  }
}

function parseEntry<T extends object>(api: StateApi, text: string, form: EntryForm<T>): T | undefined {
  try {
    return form.parse(JSON.parse(text))
  } catch (cause) {
    // The parser's message quotes the text, which holds what people said.
    const reason = cause instanceof Error && !(cause instanceof SyntaxError) ? cause.message : 'it must be JSON'
    throw api.unusable(reason)
  }
}
