/** Starts one program and waits for its end. Every tool that starts another program does it through here. */
import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { repositoryRoot } from './repository.ts'

/** How a program is started. */
export interface CommandOptions {
  /** The folder it starts in; the repository's root when absent. */
  readonly cwd?: string
  /** Variables added to this process's own. */
  readonly env?: Readonly<Record<string, string>>
  /** After how many milliseconds it is ended with SIGTERM; absent means that it may take as long as it likes. */
  readonly timeoutMs?: number
  /** Whether its output goes straight to this process's own, instead of into the result. */
  readonly show?: boolean
}

/** How a program ended. */
export interface CommandResult {
  /** Its exit code; 1 when a signal ended it or it could not be started. */
  readonly exitCode: number
  /** What it wrote to stdout; empty with `show`. */
  readonly stdout: string
  /** What it wrote to stdout and stderr, in order of arrival; empty with `show`. */
  readonly output: string
}

/**
 * Runs a program to its end. The project's own programs come first on its PATH, as in an npm script.
 * A program that cannot be started gives exit code 1 and the reason as output; nothing is thrown.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const path = [dirname(process.execPath), join(repositoryRoot, 'node_modules/.bin'), process.env.PATH ?? '']
  const child = spawn(command, args, {
    cwd: options.cwd ?? repositoryRoot,
    env: { ...process.env, ...options.env, PATH: path.join(delimiter) },
    stdio: ['ignore', options.show ? 'inherit' : 'pipe', options.show ? 'inherit' : 'pipe'],
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  })
  let stdout = ''
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    output += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const passOn = () => child.kill('SIGTERM')
  process.once('SIGTERM', passOn)
  return new Promise((resolve) => {
    let failure = ''
    child.once('error', (error) => {
      failure = `Cannot start ${command}: ${error.message}\n`
      if (options.show) process.stderr.write(failure)
    })
    child.once('close', (code, signal) => {
      process.removeListener('SIGTERM', passOn)
      if (signal !== null) failure += `${command} was ended by ${signal}\n`
      resolve({ exitCode: failure === '' ? (code ?? 1) : 1, stdout, output: output + failure })
    })
  })
}
