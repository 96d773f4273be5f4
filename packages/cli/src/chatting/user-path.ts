/** Paths as a user types them in a chat, where no shell has expanded them. Used for images, tools and their completion. */
import { homedir } from 'node:os'
import { resolve } from 'node:path'

/** The path, with `~` for the home folder, without quotes around it. */
export function userPath(typed: string): string {
  const path = /^(['"])(.*)\1$/s.exec(typed)?.[2] ?? typed
  return resolve(path === '~' || path.startsWith('~/') ? `${homedir()}${path.slice(1)}` : path)
}
