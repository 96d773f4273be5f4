/** `dapr-chat serve` as somebody types it, in a process and a folder of its own: what it prints is where its console is. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repositoryRoot } from '../../tools/repository.ts'

const program = join(repositoryRoot, 'packages/cli/bin/dapr-chat.js')
const flags = ['serve', '--dapr-http-port=0', '--dapr-grpc-port=0', '--metrics-port=0', '--log-level=error']

/** A sidecar that runs. */
export interface ServedSidecar extends AsyncDisposable {
  /** The printed address of the console. */
  readonly console: string
  /** The printed command that asks the first question. */
  readonly curl: string
}

/**
 * Starts it and waits until it has printed everything.
 * @param components YAML by the name of its file, for the folder `components`.
 */
export async function serve(components: Readonly<Record<string, string>>): Promise<ServedSidecar> {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-newcomer-'))
  await mkdir(join(folder, 'components'))
  for (const [name, text] of Object.entries(components)) await writeFile(join(folder, 'components', name), text)
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [program, ...flags], { cwd: folder, env: { PATH, HOME } })
  const exit = once(child, 'close')
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  while (!said.includes('Ctrl-C stops the sidecar.')) {
    const isOver = await Promise.race([once(child.stdout, 'data').then(() => false), exit.then(() => true)])
    if (isOver) throw new Error(`the sidecar ended before it was ready:\n${said}`)
  }
  return {
    console: /Console +(http:\S+)/.exec(said)?.[1] ?? '',
    curl: /^ +(curl .+)$/m.exec(said)?.[1] ?? '',
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await exit
      await rm(folder, { recursive: true })
    },
  }
}
