/**
 * The entry of the command, called by the programs in `bin/`: words in, exit code out. It finds the command, answers
 * `--help` and `--version`, and prints what a command fails with; everything else is in `commands/`.
 */
import { nearest } from '@dapr-chat/sidecar/nearest'
import { parseArguments } from './arguments/parse.ts'
import { COMMAND } from './command-name.ts'
import { runFlags } from './commands/run-flags.ts'
import { serveFlags } from './commands/serve-flags.ts'
import {
  type CommandName,
  commandTable,
  completionFlags,
  componentsFlags,
  configFlags,
  doctorFlags,
  initFlags,
  isCommand,
} from './commands/table.ts'
import { askFlags, chatFlags } from './commands/talk-flags.ts'
import { devFlags } from './dev/dev-flags.ts'
import { ExitError, exitCodes } from './exit-code.ts'
import { commandHelp, programHelp } from './help.ts'
import { replayFlags } from './replay/replay-flags.ts'
import { nameProcess, type Program } from './serving/process-name.ts'
import { endQuietlyWithoutReader } from './terminal/output.ts'
import { styleFor } from './terminal/style.ts'
import { topFlags } from './top/top-flags.ts'
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
    case 'run': {
      // What follows -- is the app's, whatever it looks like.
      const end = words.indexOf('--')
      const { values, positionals } = parseArguments(runFlags, end === -1 ? words : words.slice(0, end))
      if (values.help) return print(commandHelp(name))
      refuseOperands(name, positionals, `; the app goes after --, as in ${COMMAND} run -- node app.js`)
      const command = await import('./commands/run.ts')
      return command.run(values, end === -1 ? [] : words.slice(end + 1))
    }
    case 'dev': {
      const { values, positionals } = parseArguments(devFlags, words)
      if (values.help) return print(commandHelp(name))
      refuseOperands(name, positionals)
      const { dev } = await import('./dev/dev.ts')
      return dev(values)
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
    case 'top': {
      const { values, positionals } = parseArguments(topFlags, words)
      if (values.help) return print(commandHelp(name))
      refuseOperands(name, positionals)
      const { top } = await import('./top/top.ts')
      return top(values)
    }
    case 'replay': {
      const { values, positionals } = parseArguments(replayFlags, words)
      if (values.help) return print(commandHelp(name))
      const { replay } = await import('./replay/replay.ts')
      return replay(values, positionals)
    }
    case 'components': {
      const { values, positionals } = parseArguments(componentsFlags, words)
      if (values.help) return print(commandHelp(name))
      const { components } = await import('./commands/components.ts')
      return print(components(values, positionals))
    }
    case 'config': {
      const { values, positionals } = parseArguments(configFlags, words)
      if (values.help) return print(commandHelp(name))
      const { config } = await import('./commands/config.ts')
      return config(values, positionals)
    }
    case 'init': {
      const { values, positionals } = parseArguments(initFlags, words)
      if (values.help) return print(commandHelp(name))
      const { init } = await import('./init/init.ts')
      return init(values, positionals)
    }
    case 'doctor': {
      const { values, positionals } = parseArguments(doctorFlags, words)
      if (values.help) return print(commandHelp(name))
      refuseOperands(name, positionals)
      const { doctor } = await import('./doctor/doctor.ts')
      return doctor(values)
    }
    case 'completion': {
      const { values, positionals } = parseArguments(completionFlags, words)
      if (values.help) return print(commandHelp(name))
      const { completion } = await import('./commands/completion.ts')
      return print(completion(positionals))
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

function refuseOperands(command: CommandName, [operand]: readonly string[], hint = ''): void {
  if (operand === undefined) return
  throw new ExitError(exitCodes.usage, `Cannot ${command}: it takes flags only: current value is "${operand}"${hint}`)
}

function print(text: string): number {
  process.stdout.write(text)
  return exitCodes.ok
}
