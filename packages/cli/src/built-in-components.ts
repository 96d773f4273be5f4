/** Where components come from when nobody says: the folder of the user, or those that come with the command. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The user's folder, from where a command is started. */
export const OWN_FOLDER = './components'

/** The folder that comes with the command: it holds echo, which needs no key. */
export const builtInComponents: string = fileURLToPath(new URL('../components', import.meta.url))

/** The user's folder if it exists, and the one that comes with the command otherwise. */
export function standardFolder(): string {
  return existsSync(OWN_FOLDER) ? OWN_FOLDER : builtInComponents
}
