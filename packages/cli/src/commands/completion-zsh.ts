/** The completion script for zsh, by its own functions, so that descriptions are shown. `completion.ts` prints it. */
import type { CompletedCommand } from './completion-words.ts'

/** The script, for `eval` and for a file named `_dapr-chat` in a folder of `fpath` alike. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return [
    '#compdef dapr-chat',
    '(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }',
    '_dapr_chat() {',
    '  local -a commands',
    '  commands=(',
    ...commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`),
    '  )',
    '  if (( CURRENT == 2 )); then',
    '    if [[ $words[2] == -* ]]; then compadd -- --help --version; else _describe -t commands command commands; fi',
    '    return',
    '  fi',
    '  shift words',
    '  (( CURRENT-- ))',
    '  case $words[1] in',
    ...commands.map(caseOf),
    '    *) _files ;;',
    '  esac',
    '}',
    // In a file, zsh runs the script as the function itself.
    'if [[ $funcstack[1] == _dapr-chat ]]; then _dapr_chat "$@"; else compdef _dapr_chat dapr-chat; fi',
    '',
  ].join('\n')
}

function caseOf({ name, words, flags }: CompletedCommand): string {
  const specs = flags.map(({ long, short, takesValue, description }) => {
    const names = short === undefined ? quoted(long) : `'(-${short} ${long})'{-${short},${long}}`
    const note = description.replaceAll(/[[\]:\\]/g, String.raw`\$&`)
    return `${names}${quoted(`[${note}]${takesValue ? ':value:_files' : ''}`)}`
  })
  const operands = words.length === 0 ? [] : [quoted(`1:word:(${words.join(' ')})`)]
  return `    ${name}) _arguments ${[...specs, ...operands, quoted('*:file:_files')].join(' ')} ;;`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
