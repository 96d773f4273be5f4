/** The help texts, made from the command table. Returned as text; `main.ts` prints it. */
import type { Flag } from './arguments/flag.ts'
import { COMMAND } from './command-name.ts'
import { type CommandEntry, type CommandName, commandTable } from './commands/table.ts'
import { columns, LINE_WIDTH, wrap } from './terminal/columns.ts'

/** The help of the program: its commands and exit codes. */
export function programHelp(): string {
  const commands = Object.entries(commandTable).map(([name, { summary }]) => [name, summary] as const)
  return [
    'dapr-chat: talk to any large language model through Dapr, token by token',
    '',
    `Usage: ${COMMAND} [COMMAND] [FLAGS]`,
    '',
    'Commands (serve, where none is given):',
    ...columns(commands),
    '',
    'Flags:',
    ...columns([
      ['-h, --help', 'Show this help, or after a command the help of that command'],
      ['    --version', 'Show the version'],
    ]),
    '',
    ...wrap(
      'Exit codes: 0 ok; 1 failure; 2 wrong usage or configuration; 3 sidecar unreachable or port busy; 4 key or token missing or refused; 5 rate limited or a circuit breaker open; 6 content filtered; 124 timeout; 129 hung up; 130 interrupted; 143 terminated.',
      LINE_WIDTH,
    ),
    '',
  ].join('\n')
}

/** The help of one command. */
export function commandHelp(name: CommandName): string {
  const entry: CommandEntry = commandTable[name]
  const flags = Object.entries(entry.flags)
    .filter(([, declaration]) => !declaration.ignored)
    .map(([flag, declaration]) => flagRow(flag, declaration))
  return [
    entry.summary,
    '',
    `Usage: ${COMMAND} ${name} [FLAGS]${entry.operands && ` ${entry.operands}`}`,
    '',
    'Flags:',
    ...columns(flags),
    '',
    ...entry.notes.flatMap((note) => wrap(note, LINE_WIDTH)),
    '',
  ].join('\n')
}

function flagRow(name: string, flag: Flag): readonly [string, string] {
  const spelling = `${flag.short ? `-${flag.short}, ` : '    '}--${name}${flag.placeholder ? ` ${flag.placeholder}` : ''}`
  const synonyms = flag.aliases ? `; also --${flag.aliases.join(', --')}` : ''
  const standing = flag.default === undefined ? '' : ` (default: ${flag.default})`
  return [spelling, `${flag.description}${synonyms}${standing}`]
}
