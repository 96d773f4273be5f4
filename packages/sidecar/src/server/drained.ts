import type { EventEmitter } from 'node:events'

/**
 * Resolves when a writable has room again, or its reader has gone.
 * @param gone the event by which this writable says that nobody reads any more.
 */
export function drained(writable: EventEmitter, gone: 'close' | 'cancelled'): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      writable.off('drain', settle)
      writable.off(gone, settle)
      resolve()
    }
    writable.on('drain', settle)
    writable.on(gone, settle)
  })
}
