/**
 * Starts what `built-image.ts` made, as Docker would: the image's command as the image's user, who can write to its working
 * folder alone. The ports are free ones, because those of the image may be taken here.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { BuiltImage } from './built-image.ts'

const freePorts = ['--dapr-http-port=0', '--dapr-grpc-port=0', '--metrics-port=0'] as const

/** A process of the image. */
export interface StartedImage {
  readonly process: ChildProcess
  /** What it wrote so far, standard output and standard error. */
  readonly output: string
  /** Base URLs of the HTTP API and of the metrics, once it is ready. */
  readonly ready: Promise<{ readonly http: string; readonly metrics: string }>
  readonly exit: Promise<number | null>
}

/** Starts it with these variables and no others. */
export function startImage(image: BuiltImage, env: Readonly<Record<string, string>>): StartedImage {
  const [, ...words] = [...image.command, ...freePorts].map((word) => inFolder(image, word))
  const cwd = join(image.root, image.workingFolder)
  const asUser = process.getuid?.() === 0 ? { uid: image.user, gid: image.user } : {}
  const child = spawn(process.execPath, words, { cwd, env: { PATH: process.env.PATH ?? '', ...env }, ...asUser })
  let output = ''
  const ready = Promise.withResolvers<{ http: string; metrics: string }>()
  // Whoever waits for the end only does not wait for this one.
  ready.promise.catch(() => {})
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const line = /^\{"msg":"ready".*\}$/m.exec(output)
      if (line !== null) ready.resolve(JSON.parse(line[0].replaceAll('0.0.0.0', '127.0.0.1')))
    })
  }
  const exit = once(child, 'close').then(([code]): number | null => {
    ready.reject(new Error(`the image ended before it was ready:\n${output}`))
    return code
  })
  return {
    process: child,
    get output() {
      return output
    },
    ready: ready.promise,
    exit,
  }
}

/** The health command of the image against the port that the process has. */
export async function isHealthy(image: BuiltImage, http: string): Promise<boolean> {
  const [, ...words] = image.healthCommand.map((word) => word.replace('http://127.0.0.1:3500', http))
  const [code] = await once(spawn(process.execPath, words, { stdio: 'ignore' }), 'close')
  return code === 0
}

/** A word of the command in which the paths of the image are those of its folder. */
function inFolder({ root }: BuiltImage, word: string): string {
  return word.replace(/(^|=)(\/(?:app|etc)\/)/, `$1${root}$2`)
}
