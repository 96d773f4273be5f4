/** All `/` commands: finding the one that is meant, the list of them, and what Tab offers. Used by `ChatLoop`. */
import { nearest } from '@dapr-chat/sidecar/nearest'
import { columns } from '../terminal/columns.ts'
import { questionCommands } from './commands/question-commands.ts'
import { savedCommands } from './commands/saved-commands.ts'
import { shownCommands } from './commands/shown-commands.ts'
import { targetCommands } from './commands/target-commands.ts'
import type { ChatSession } from './session.ts'
import type { SlashCommand } from './slash-command.ts'

const help: SlashCommand = {
  name: '/help',
  operands: '',
  meaning: 'show this list',
  run(_, { say }) {
    for (const line of columns(slashCommands.map(({ name, operands, meaning }) => [`${name} ${operands}`, meaning]))) {
      say(line)
    }
    for (const line of columns(keys)) say(line)
  },
}

const keys: readonly (readonly [string, string])[] = [
  ['"""', 'begins and ends a message of several lines; a \\ at the end of a line goes on too'],
  ['Ctrl-C', 'stops the answer, or clears the line; twice leaves'],
  ['Ctrl-D', 'leaves'],
]

/** The commands, in the order of the list. */
export const slashCommands: readonly SlashCommand[] = [
  ...targetCommands,
  ...questionCommands,
  {
    name: '/edit',
    operands: '',
    meaning: 'write a message in the editor of VISUAL or EDITOR',
    run: (_, { edit }) => edit(),
  },
  ...savedCommands,
  ...shownCommands,
  help,
  { name: '/bye', operands: '', meaning: 'leave, as Ctrl-D does', leaves: true },
]

/** The command that a line calls, and what follows it; or, in words, that there is none. */
export function findCommand(line: string): { command: SlashCommand; argument: string } | { complaint: string } {
  const [, name = '', argument = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? []
  const command = slashCommands.find((known) => known.name === name)
  if (command) return { command, argument: argument.trim() }
  const meant = nearest(
    name,
    slashCommands.map((known) => known.name),
  )
  const hint = meant === undefined ? '/help lists what there is' : `did you mean ${meant}?`
  return { complaint: `Unknown command ${name}: ${hint}` }
}

/** What fits behind the line, and the part of the line that it takes the place of, as readline wants it. */
export async function completeLine(line: string, session: ChatSession): Promise<readonly [readonly string[], string]> {
  if (!line.startsWith('/')) return [[], line]
  const [, name, argument = ''] = /^(\S+)\s+(.*)$/s.exec(line) ?? []
  if (name === undefined) {
    const fitting = slashCommands.filter((command) => command.name.startsWith(line))
    return [fitting.map((command) => (command.operands === '' ? command.name : `${command.name} `)), line]
  }
  const command = slashCommands.find((known) => known.name === name)
  const words = (await command?.complete?.(argument, session)) ?? []
  return [words.filter((word) => word.startsWith(argument)), argument]
}
