/** Where the command keeps what it remembers between runs: lines typed in chats, and conversations. */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Environment } from '../environment.ts'

/** The variable that keeps the command from remembering anything by itself. */
export const NO_HISTORY = 'DAPR_CHAT_NOHISTORY'

/** The folder, by the XDG Base Directory Specification: a relative `XDG_STATE_HOME` counts as none. */
export function stateFolder({ XDG_STATE_HOME: given }: Environment): string {
  const base = given && isAbsolute(given) ? given : join(homedir(), '.local', 'state')
  return join(base, 'dapr-chat')
}

/** Whether what a person types is remembered without being asked for. */
export function remembers(environment: Environment): boolean {
  return !environment[NO_HISTORY]
}
