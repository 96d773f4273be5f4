/**
 * The environment that the commands work with: the shell's, completed by a `.env` file in the working directory.
 * The file never overrides the shell, and its values are never shown.
 */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The completed environment, and how much of it came from the file. */
export interface LoadedEnvironment {
  readonly variables: Environment
  /** How many variables were taken from the file; `undefined` where there is none. */
  readonly loaded: number | undefined
  /** How many of the file's variables the shell had set already. */
  readonly overridden: number
}

/**
 * Reads `.env` in `folder`, where there is one. A variable that the shell has set to nothing counts as missing, so
 * that an empty `export KEY=` does not hide a key that stands in the file.
 */
export async function loadEnvironment(shell: Environment, folder: string): Promise<LoadedEnvironment> {
  return loadEnvironmentFile(shell, resolve(folder, '.env'))
}

/**
 * Reads a file of variables, where there is one.
 * @param fileWins whether the file's variables win over the shell's; on both sides an empty one counts as missing.
 */
export async function loadEnvironmentFile(
  shell: Environment,
  path: string,
  fileWins = false,
): Promise<LoadedEnvironment> {
  const file = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'EISDIR') return undefined
    throw error
  })
  if (file === undefined) return { variables: shell, loaded: undefined, overridden: 0 }
  const variables: Record<string, string | undefined> = { ...shell }
  let loaded = 0
  let overridden = 0
  for (const [name, value] of Object.entries(parseEnv(file))) {
    if (shell[name] && !(fileWins && value !== '')) {
      overridden++
    } else {
      variables[name] = value
      loaded++
    }
  }
  return { variables, loaded, overridden }
}
