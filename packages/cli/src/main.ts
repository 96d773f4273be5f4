/**
 * The entry of the command, called by the programs in `bin/`: words in, exit code out. It finds the command, answers
 * `--help` and `--version`, and prints what a command fails with; everything else is in `commands/`.
 */
import { nearest } from '@dapr-chat/sidecar/nearest'
import { parseArguments } from './arguments/parse.ts'
import { serveFlags } from './commands/serve-flags.ts'
import { askFlags, type CommandName, chatFlags, commandTable, isCommand } from './commands/table.ts'
import { ExitError, exitCodes } from './exit-code.ts'
import { commandHelp, programHelp } from './help.ts'
import { nameProcess, type Program } from './serving/process-name.ts'
import { endQuietlyWithoutReader } from './terminal/output.ts'
import { styleFor } from './terminal/style.ts'
import { buildInfo, version } from './version.ts'

/**
 * Runs the command that the words name.
 * @param program under which name: `daprd` takes the flags of `serve` and nothing else, as the original does.
 * @returns the exit code. The caller sets it and lets the process end by itself, so that nothing written is lost.
 */
export async function main(words: readonly string[], program: Program = 'dapr-chat'): Promise<number> {
  endQuietlyWithoutReader(process.stdout)
  endQuietlyWithoutReader(process.stderr)
  try {
    if (program === 'daprd') return await run('serve', words, program)
    const [first = ''] = words
    if (['--help', '-help', '-h', 'help'].includes(first)) {
      const [, topic = ''] = words
      return print(isCommand(topic) ? commandHelp(topic) : programHelp())
    }
    // Flags alone start the sidecar, as they do with daprd.
    const startsSidecar = first === '' || first.startsWith('-')
    return await run(startsSidecar ? 'serve' : commandName(first), startsSidecar ? words : words.slice(1), program)
  } catch (error) {
    // Loaded here, because it needs the client: help and version do not wait for that.
    const { exitCodeOf, failureText } = await import('./failure.ts')
    process.stderr.write(failureText(error, styleFor(process.stderr)))
    return exitCodeOf(error)
  }
}

async function run(name: CommandName, words: readonly string[], program: Program): Promise<number> {
  switch (name) {
    case 'serve': {
      const { values, positionals } = parseArguments(serveFlags, words)
      if (values.help) return print(commandHelp(name))
      if (values.version) return print(`${await shownVersion(program)}\n`)
      if (values['build-info']) return print(buildInfo(await shownVersion(program)))
      refuseOperands(name, positionals)
      nameProcess(program, words)
      const { serve } = await import('./commands/serve.ts')
      return serve(values)
    }
    case 'ask': {
      const { values, positionals } = parseArguments(askFlags, words)
      if (values.help) return print(commandHelp(name))
      const { ask } = await import('./commands/ask.ts')
      return ask(values, positionals)
    }
    case 'chat': {
      const { values, positionals } = parseArguments(chatFlags, words)
      if (values.help) return print(commandHelp(name))
      refuseOperands(name, positionals)
      const { chat } = await import('./commands/chat.ts')
      return chat(values)
    }
  }
}

function commandName(word: string): CommandName {
  if (isCommand(word)) return word
  const meant = nearest(word, Object.keys(commandTable))
  const hint =
    meant === undefined ? `it must be one of ${Object.keys(commandTable).join(', ')}` : `did you mean ${meant}?`
  throw new ExitError(exitCodes.usage, `Unknown command "${word}": ${hint}`)
}

/** Dapr's tools decide by the version what they may ask for, and so are told which Dapr this one answers like. */
async function shownVersion(program: Program): Promise<string> {
  if (program === 'dapr-chat') return version()
  const { DAPR_RUNTIME_VERSION } = await import('@dapr-chat/sidecar')
  return DAPR_RUNTIME_VERSION
}

function refuseOperands(command: CommandName, [operand]: readonly string[]): void {
  if (operand === undefined) return
  throw new ExitError(exitCodes.usage, `Cannot ${command}: it takes flags only: current value is "${operand}"`)
}

function print(text: string): number {
  process.stdout.write(text)
  return exitCodes.ok
}
