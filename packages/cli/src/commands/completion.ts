/** `dapr-chat completion`: scripts that complete commands, their words and their flags, made from the command table. */
import { ExitError, exitCodes } from '../exit-code.ts'
import { completedCommands } from './completion-words.ts'
import { zshCompletion } from './completion-zsh.ts'

/**
 * The script for a shell.
 * @throws ExitError for a shell that there is none for.
 */
export function completion(operands: readonly string[]): string {
  const [shell, excess] = operands
  if (excess === undefined) {
    switch (shell) {
      case 'bash':
        return bash()
      case 'zsh':
        return zshCompletion(completedCommands())
      case 'fish':
        return fish()
    }
  }
  throw new ExitError(
    exitCodes.usage,
    `Cannot print a completion script: the shell must be one of bash, zsh, fish: current value is "${operands.join(' ')}"`,
  )
}

/** Where a flag is begun, its names; otherwise the words that may follow, and the shell's own completion of files. */
function bash(): string {
  const commands = completedCommands()
  const cases = commands.map(
    ({ name, words, flags }) =>
      `    ${name}) words="${words.join(' ')}" flags="${flags.map(({ long }) => long).join(' ')}" ;;`,
  )
  return [
    '_dapr_chat() {',
    `  local current="\${COMP_WORDS[COMP_CWORD]}" words="" flags=""`,
    '  COMPREPLY=()',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} --help --version" -- "$current"))`,
    '    return',
    '  fi',
    `  case "\${COMP_WORDS[1]}" in`,
    ...cases,
    '  esac',
    '  case "$current" in',
    '    -*) COMPREPLY=($(compgen -W "$flags" -- "$current")) ;;',
    '    *) if [ "$COMP_CWORD" -eq 2 ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi ;;',
    '  esac',
    '}',
    'complete -o default -F _dapr_chat dapr-chat',
    '',
  ].join('\n')
}

function fish(): string {
  const first = 'complete -c dapr-chat -n __fish_use_subcommand'
  const lines = completedCommands().flatMap(({ name, summary, words, flags }) => {
    const inside = `complete -c dapr-chat -n '__fish_seen_subcommand_from ${name}`
    return [
      `${first} -f -a ${name} -d ${quoted(summary)}`,
      ...words.map((word) => `${inside}; and not __fish_seen_subcommand_from ${words.join(' ')}' -f -a ${word}`),
      ...flags.map(({ long, short, takesValue, description }) =>
        [
          `${inside}'`,
          `-l ${long.slice(2)}`,
          ...(short === undefined ? [] : [`-s ${short}`]),
          ...(takesValue ? ['-r'] : []),
          `-d ${quoted(description)}`,
        ].join(' '),
      ),
    ]
  })
  const own = [`${first} -l help -d 'Show the help'`, `${first} -l version -d 'Show the version'`]
  return `${[...own, ...lines].join('\n')}\n`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
