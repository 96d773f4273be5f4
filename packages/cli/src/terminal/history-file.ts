/**
 * The lines that were typed in earlier chats, in a file that only its owner can read. Lines are appended, so that chats
 * side by side keep each other's; at the start the file is cut down to the newest.
 */
import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { HISTORY_LINES } from './line-input.ts'

/** Where lines are kept. A file that cannot be read or written is no reason not to chat: then nothing is kept. */
export class HistoryFile {
  readonly #path: string | undefined

  /** @param path the file; `undefined` keeps nothing. */
  constructor(path: string | undefined) {
    this.#path = path
  }

  /** What was typed, the newest line first. */
  read(): readonly string[] {
    const path = this.#path
    if (path === undefined) return []
    try {
      const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
      chmodSync(path, 0o600)
      const newest = lines.slice(-HISTORY_LINES)
      if (lines.length > newest.length) {
        writeFileSync(`${path}.new`, `${newest.join('\n')}\n`, { mode: 0o600 })
        renameSync(`${path}.new`, path)
      }
      return newest.reverse()
    } catch {
      return []
    }
  }

  /** Adds a line. */
  add(line: string): void {
    if (this.#path === undefined) return
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
      appendFileSync(this.#path, `${line}\n`, { mode: 0o600 })
    } catch {
      // The chat goes on without it.
    }
  }
}
