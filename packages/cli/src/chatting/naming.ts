/** The command that was typed, with a component named in it: for whoever named none where there are several. */
import { COMMAND, shellWord } from '../command-name.ts'
import type { Environment } from '../environment.ts'
import { sidecarAddress } from '../sidecar-access.ts'

/**
 * A line that can be pasted into a shell.
 * @param environment says where the sidecar is, which may have been said for this one command only.
 * @param words what was typed, the name of the command first.
 */
export function naming(component: string, environment: Environment, words = process.argv.slice(2)): string {
  const { setBy } = sidecarAddress(environment)
  const variable = setBy === undefined ? [] : [`${setBy}=${shellWord(environment[setBy] ?? '')}`]
  const [command = '', ...rest] = words
  return [...variable, COMMAND, command, '-m', shellWord(component), ...rest.map(shellWord)].join(' ')
}
