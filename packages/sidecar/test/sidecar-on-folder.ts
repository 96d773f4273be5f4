/**
 * A sidecar in a process of its own, on a folder of files that the test changes while it runs. Its log can be read, and
 * it ends only if nothing that it started is left.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SidecarAddresses, SidecarSettings } from '../src/index.ts'

/** What the test has in hands. */
export interface SidecarOnFolder extends SidecarAddresses, AsyncDisposable {
  readonly folder: string
  /** What the log has said so far, with the folder's path as a dot. */
  readonly lines: readonly string[]
  /** Writes a file of the folder. */
  write(name: string, text: string): Promise<void>
  /** The first line that matches, once it is there. */
  said(pattern: RegExp): Promise<string>
  /** Closes the sidecar; resolves with the exit code when the process has ended by itself. */
  end(): Promise<number>
}

/** Starts on these files; one beside the folder, in the working directory, has a name that begins with `../`. */
export async function startOnFolder(
  files: Readonly<Record<string, string>>,
  settings: Partial<SidecarSettings> = {},
): Promise<SidecarOnFolder> {
  const root = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  const folder = join(root, 'components')
  await mkdir(folder)
  const write = (name: string, text: string) => writeFile(join(folder, name), text)
  await Promise.all(Object.entries(files).map(([name, text]) => write(name, text)))
  const program = `
    const { createSidecar } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)})
    const sidecar = await createSidecar(JSON.parse(process.argv[1]))
    process.stdout.write(JSON.stringify(await sidecar.listen()) + '\\n')
    for await (const _ of process.stdin);
    await sidecar.close()
  `
  const given = {
    ...{ httpPort: 0, grpcPort: 0, metricsPort: 0, resourcesPaths: [folder], gracefulShutdownMs: 0 },
    ...{ storePath: ':memory:', logFormat: 'json', ...settings },
  }
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, JSON.stringify(given)], { cwd: root })
  const closed = once(child, 'close')
  const lines: string[] = []
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const [last = '', ...whole] = `${log}${text}`.split('\n').reverse()
    log = last
    for (const line of whole.reverse()) lines.push(messageOf(line).replaceAll(folder, '.'))
  })
  const dispose = async () => {
    child.kill('SIGKILL')
    await closed
    await rm(root, { recursive: true, force: true })
  }
  try {
    const [first] = await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), closed])
    assert.equal(typeof first, 'string', `the sidecar did not start: ${lines.join('\n')}`)
    return {
      ...(JSON.parse(first) as SidecarAddresses),
      folder,
      lines,
      write,
      async said(pattern) {
        for (;;) {
          const line = lines.find((candidate) => pattern.test(candidate))
          if (line !== undefined) return line
          await once(child.stderr, 'data')
        }
      },
      async end() {
        child.stdin.end()
        const [code] = await closed
        return code
      },
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** The text of a line of the log; one that is no JSON is none of the log's and stays as it is. */
function messageOf(line: string): string {
  try {
    return JSON.parse(line).msg
  } catch {
    return line
  }
}
