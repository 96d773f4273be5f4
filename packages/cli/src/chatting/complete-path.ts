/** Tab on the path of a file, for the `/` commands that take one. */
import { readdir } from 'node:fs/promises'
import { userPath } from './user-path.ts'

/** The paths that begin as the argument does, spelt as it is; folders end with a slash. */
export async function completePath(argument: string): Promise<readonly string[]> {
  const folder = argument.slice(0, argument.lastIndexOf('/') + 1)
  const entries = await readdir(userPath(folder === '' ? '.' : folder), { withFileTypes: true }).catch(() => [])
  return entries
    .filter(({ name }) => !name.startsWith('.') || argument.slice(folder.length).startsWith('.'))
    .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
}
