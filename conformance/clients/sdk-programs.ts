/**
 * Programs that use Dapr's SDKs for other languages: how each is installed, and how it is run beside a sidecar. They are
 * installed into a folder of their own, which stays for the next run; `run.ts` installs them, the tests only look whether
 * they are there.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  chunk,
  done,
  echoComponent,
  finish,
  type ReceivedRequest,
  type ScriptedAnswer,
  scriptedProvider,
  startSidecar,
  textAnswer,
  toolDelta,
  upstreamComponent,
  usage,
} from '@dapr-chat/sidecar/testing'
import { repositoryRoot } from '../../tools/repository.ts'
import { type CommandResult, runCommand } from '../../tools/run-command.ts'
import { at } from '../harness.ts'

/** One program. */
export interface SdkProgram {
  /** The name of the SDK. */
  readonly name: string
  /** Where its version is written down. A copy lies beside the command once the program has been installed from it. */
  readonly pinned: { readonly file: string; readonly pattern: RegExp }
  /** What must be on the path, for the line that says that it is not. */
  readonly toolchain: string
  /** Puts the program into its folder. */
  readonly install: readonly InstallStep[]
  readonly command: string
  readonly args: readonly string[]
}

/** One command of an installation. */
interface InstallStep {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
}

/** How one case of a program came out. */
export interface SdkOutcome {
  readonly name: string
  readonly passed: boolean
  readonly detail?: string
}

const installed = join(repositoryRoot, 'node_modules/.cache/dapr-sdks')
const python = join(installed, 'python')
const pythonBin = join(python, process.platform === 'win32' ? 'Scripts' : 'bin')
const goProgram = join(installed, process.platform === 'win32' ? 'go-client.exe' : 'go-client')
const here = import.meta.dirname
const requirements = join(here, 'python/requirements.txt')

const installPython: readonly InstallStep[] = [
  { command: 'python3', args: ['-m', 'venv', python] },
  { command: join(pythonBin, 'python'), args: ['-m', 'pip', 'install', '--quiet', '-r', requirements] },
]

/** All programs. */
export const sdkPrograms: readonly SdkProgram[] = [
  {
    name: 'dapr for Python',
    pinned: { file: requirements, pattern: /^dapr==(.+)$/m },
    toolchain: 'python3',
    install: installPython,
    command: join(pythonBin, 'python'),
    args: [join(here, 'python/sdk.py')],
  },
  {
    name: 'dapr-agents for Python',
    pinned: { file: requirements, pattern: /^dapr-agents==(.+)$/m },
    toolchain: 'python3',
    install: installPython,
    command: join(pythonBin, 'python'),
    args: [join(here, 'python/agents.py')],
  },
  {
    name: 'go-sdk for Go',
    pinned: { file: join(here, 'go/go.mod'), pattern: /dapr\/go-sdk v(\S+)/ },
    toolchain: 'go',
    install: [{ command: 'go', args: ['build', '-o', goProgram, '.'], cwd: join(here, 'go') }],
    command: goProgram,
    args: [],
  },
]

/** Whether the program has been installed, to its end and in this version. */
export function isInstalled(program: SdkProgram): boolean {
  const mark = markOf(program)
  return existsSync(mark) && readFileSync(mark, 'utf8') === readFileSync(program.pinned.file, 'utf8')
}

function markOf({ command }: SdkProgram): string {
  return `${command}.installed`
}

/** Installs the program. Gives the line that says why it cannot be, or undefined when it is there. */
export async function install(program: SdkProgram): Promise<string | undefined> {
  if (isInstalled(program)) return undefined
  const { name, toolchain, install } = program
  for (const { command, args, cwd } of install) {
    const { exitCode, output } = await runCommand(command, args, cwd === undefined ? {} : { cwd })
    const [last] = output.trim().split('\n').slice(-1)
    if (exitCode !== 0)
      return `Skipped ${name}: it needs ${toolchain} and its packages: ${last ?? `exit code ${exitCode}`}`
  }
  writeFileSync(markOf(program), readFileSync(program.pinned.file))
  return undefined
}

const token = 'right'

/** Runs the program beside a sidecar that asks for a token and has two components, and gives the outcome of its cases. */
export async function runProgram({ name, command, args }: SdkProgram): Promise<readonly SdkOutcome[]> {
  await using upstream = await scriptedProvider(answerOf)
  await using running = await startSidecar([echoComponent, upstreamComponent(upstream.url)], { apiToken: token })
  const env = {
    DAPR_HTTP_ENDPOINT: running.http,
    DAPR_GRPC_ENDPOINT: `http://${running.grpc}`,
    DAPR_HTTP_PORT: new URL(running.http).port,
    DAPR_GRPC_PORT: running.grpc.slice(running.grpc.lastIndexOf(':') + 1),
    DAPR_API_TOKEN: token,
    // Nothing is left beside the sources.
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const { exitCode, stdout, output }: CommandResult = await runCommand(command, args, { env, timeoutMs: 120_000 })
  const outcomes = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"name"'))
    .map((line): SdkOutcome => JSON.parse(line))
  if (exitCode === 0 && outcomes.length > 0) return outcomes
  return [...outcomes, { name: `${name} runs to its end`, passed: false, detail: output }]
}

/** The model: calls the tool where it is asked for the weather, says what the tool said, and otherwise what it was told. */
function answerOf({ body }: ReceivedRequest): ScriptedAnswer {
  const messages = at(body, 'messages') as readonly { readonly role: string; readonly content: unknown }[]
  const last = messages.at(-1)
  const text = typeof last?.content === 'string' ? last.content : ''
  const tool = at(body, 'tools', 0, 'function', 'name')
  if (last?.role === 'tool') return { body: textAnswer('The tool', ` said: ${text}`) }
  if (text.includes('in the form')) return { body: textAnswer('{"answer"', ':"four"}') }
  if (typeof tool === 'string' && text.includes('weather')) {
    return {
      body: [
        chunk({ role: 'assistant' }),
        toolDelta({ index: 0, id: 'call_1', name: tool, arguments: '{"city"' }),
        toolDelta({ index: 0, arguments: ':"Oslo"}' }),
        finish('tool_calls'),
        usage(9, 8),
        done,
      ],
    }
  }
  return {
    body: [
      chunk({ role: 'assistant', content: 'You said: ' }),
      chunk({ content: text }),
      finish('stop'),
      usage(7, 5),
      done,
    ],
  }
}
