/** Runs the real command for the tests in this folder: the bin, in a process of its own, as a user's shell would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const programs = fileURLToPath(new URL('../bin/', import.meta.url))

/** How a command is run. */
export interface CommandOptions {
  readonly cwd?: string
  /** Added to an environment without any of Dapr's variables. */
  readonly env?: Readonly<Record<string, string>>
  /** Text for stdin; without it stdin is empty. */
  readonly input?: string
  /** Which of the programs in `bin/`; without it the command itself. */
  readonly program?: 'dapr-chat' | 'daprd'
  /** Flags for Node itself. */
  readonly nodeFlags?: readonly string[]
}

/** A command that runs. */
export interface RunningCommand extends AsyncDisposable {
  readonly process: ChildProcess
  readonly stdout: string
  readonly stderr: string
  /** Resolves with the exit code, or the name of the signal that killed it. */
  readonly exit: Promise<number | string>
  /** Waits until the output so far matches. */
  until(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>
}

/** What a command gets of the environment of its test; nothing of Dapr's is in it. */
export function inheritedEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE } = process.env
  return { PATH, HOME, ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }) }
}

/** Starts the command. */
export function start(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  const program = join(programs, `${options.program ?? 'dapr-chat'}.js`)
  const child = spawn(process.execPath, [...(options.nodeFlags ?? []), program, ...args], {
    cwd: options.cwd,
    env: { ...inheritedEnvironment(), ...options.env },
  })
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const exit = once(child, 'close').then(([code, signal]) => code ?? signal)
  return {
    process: child,
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
    exit,
    async until(name, pattern) {
      for (;;) {
        const match = pattern.exec(output[name])
        if (match) return match
        const ended = await Promise.race([once(child[name], 'data').then(() => false), exit.then(() => true)])
        if (ended && !pattern.test(output[name])) {
          throw new Error(`the command ended without ${pattern}:\n${output.stdout}\n${output.stderr}`)
        }
      }
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exit
    },
  }
}

/** Runs the command to its end. */
export async function run(args: readonly string[], options?: CommandOptions) {
  await using command = start(args, options)
  const code = await command.exit
  return { code, stdout: command.stdout, stderr: command.stderr }
}

/** A sidecar on free ports that is ready. */
export async function startSidecar(args: readonly string[], options?: CommandOptions) {
  const ports = ['--dapr-http-port=0', '--dapr-grpc-port=0', '--metrics-port=0']
  const command = start(['serve', ...ports, '--log-format=json', ...args], options)
  const [line] = await command.until('stdout', /^\{"msg":"ready".*\}$/m)
  const addresses: { msg: string; http: string; grpc: string; metrics: string } = JSON.parse(line)
  return { command, addresses, [Symbol.asyncDispose]: () => command[Symbol.asyncDispose]() }
}

/** A temporary folder with files, gone at the end. */
export async function folder(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const path = await mkdtemp(join(tmpdir(), 'dapr-chat-cli-'))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(path, name, '..'), { recursive: true })
    await writeFile(join(path, name), text)
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** An echo component; `delay` is the pause between words. */
export function echoYaml(name: string, delay?: string): string {
  const metadata = delay === undefined ? '' : `  metadata: [{ name: delay, value: ${delay} }]\n`
  return `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  type: conversation.echo\n  version: v1\n${metadata}`
}
