/**
 * A chat on a real terminal for the tests in this folder, as a user sits before it: keys go in, and what is new on the
 * screen is waited for. Python's `pty` makes the terminal; where there is no Python such tests are skipped.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { inheritedEnvironment } from './command.ts'

const program = fileURLToPath(new URL('../bin/dapr-chat.js', import.meta.url))

const makeTerminal = 'import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'

/** Why tests with a screen are skipped, where they are. */
export const noScreen: string | false =
  spawnSync('python3', ['-c', 'import pty']).status === 0 ? false : 'python3 with pty is not installed'

/** Keys by name. */
export const keys = {
  enter: '\r',
  tab: '\t',
  up: '\u001b[A',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  /** What a terminal sends for pasted text. */
  pasted: (text: string) => `\u001b[200~${text.replaceAll('\n', '\r')}\u001b[201~`,
} as const

/** A command on a terminal of 100 columns and 30 lines. */
export interface Screen extends AsyncDisposable {
  /** Everything that was written to it, escape sequences among it. */
  readonly output: string
  /** Resolves with the exit code. */
  readonly exit: Promise<number>
  /** The process that keeps the terminal; the command is its child. */
  readonly pid: number | undefined
  /** Presses keys. */
  type(keys: string): void
  /** Waits until what is new since the last match matches; returns it, escape sequences left out. */
  until(pattern: RegExp): Promise<string>
}

/** What a command is started with. */
export interface ScreenOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** What a shell would have behind the command, such as `>file`. */
  readonly redirect?: string
}

/** Starts the command. */
export function startOnScreen(args: readonly string[], options?: ScreenOptions): Screen {
  return startProgramOnScreen(process.execPath, [program, ...args], options)
}

/** Starts any program, a shell for one. */
export function startProgramOnScreen(
  name: string,
  args: readonly string[],
  { cwd, env, redirect = '' }: ScreenOptions = {},
): Screen {
  const shell = `stty cols 100 rows 30; exec "$0" "$@" ${redirect}`
  const child = spawn('python3', ['-c', makeTerminal, 'sh', '-c', shell, name, ...args], {
    cwd,
    env: { ...inheritedEnvironment(), TERM: 'xterm-256color', ...env },
  })
  let output = ''
  let seen = 0
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.resume()
  child.stdin.on('error', () => {})
  const exit = once(child, 'close').then(([code]) => code as number)
  const unseen = () => stripVTControlCharacters(output.slice(seen)).replaceAll('\r', '')
  return {
    get output() {
      return output
    },
    exit,
    pid: child.pid,
    type: (pressed) => void child.stdin.write(pressed),
    async until(pattern) {
      while (!pattern.test(unseen())) {
        const ended = await Promise.race([once(child.stdout, 'data').then(() => false), exit.then(() => true)])
        if (ended && !pattern.test(unseen())) throw new Error(`the command ended without ${pattern}:\n${output}`)
      }
      const text = unseen()
      seen = output.length
      return text
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exit
    },
  }
}
