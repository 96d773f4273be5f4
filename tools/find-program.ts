/** Looks for a program that a machine may be without, so that what needs it can be left out with a line. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The path of the first of these programs that the folders of `PATH` hold; undefined where none does.
 * @param names in order of preference.
 * @param folders looked through after those of `PATH`.
 */
export function findProgram(
  names: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
  folders: readonly string[] = [],
): string | undefined {
  const path = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return names.flatMap((name) => [...path, ...folders].map((folder) => join(folder, name))).find(isProgram)
}

/** Whether a file may be executed. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
