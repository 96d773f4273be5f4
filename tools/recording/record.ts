/**
 * Runs a program in a terminal of its own and keeps what it writes, with the time of every piece. It needs `script`, which
 * Debian and macOS have.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'
import type { Piece, Scene } from './scene.ts'

/** A command to record. */
export interface Take {
  /** What is shown behind the prompt. */
  readonly shown: string
  /** The program and its arguments; each is quoted for the shell. */
  readonly command: readonly string[]
  /** Pressing Ctrl-C as soon as this text has been written; absent lets the command come to its end. */
  readonly interruptAfter?: string
}

/** How long the finished screen is looked at, in milliseconds. */
const REST_MS = 3500

/** How long a person looks at a finished answer before the next command, in milliseconds. */
const PAUSE_MS = 900

const ESCAPE = '\u001b'
const DIM = '[2m'
const ctrlC = '\u0003'

/**
 * Records commands one after the other.
 * @throws Error where a command wrote nothing at all.
 */
export async function record(takes: readonly Take[], env: NodeJS.ProcessEnv): Promise<Scene> {
  const pieces: Piece[] = []
  let now = 0
  for (const take of takes) {
    pieces.push({ atMs: now, text: `$ ${take.shown}\n`, style: 'typed' })
    const { written, tookMs } = await run(take, env)
    if (written.length === 0) throw new Error(`Cannot record ${take.shown}: it must write something: it wrote nothing`)
    // Node's own start is not what the recording is about.
    const first = written[0]?.atMs ?? 0
    const startMs = Math.min(first, 400)
    for (const piece of written) pieces.push({ ...piece, atMs: now + startMs + piece.atMs - first })
    now += startMs + (tookMs - first) + PAUSE_MS
  }
  return { pieces, durationMs: now - PAUSE_MS + REST_MS }
}

async function run(take: Take, env: NodeJS.ProcessEnv): Promise<{ written: Piece[]; tookMs: number }> {
  const command = take.command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  const child = spawn('script', ['-qefc', `stty cols 200; ${command}`, '/dev/null'], {
    env: { ...env, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const start = performance.now()
  const written: Piece[] = []
  let text = ''
  let isFaint = false
  let isInterrupted = false
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    const atMs = performance.now() - start
    text += data
    for (const part of data.replaceAll('\r\n', '\n').split(ESCAPE)) {
      if (part.startsWith('[')) isFaint = part.startsWith(DIM)
      const plain = stripVTControlCharacters(part.startsWith('[') ? ESCAPE + part : part).replaceAll('\r', '')
      if (plain !== '')
        written.push({ atMs, text: plain, style: plain.trim() === '^C' ? 'typed' : isFaint ? 'faint' : 'plain' })
    }
    if (take.interruptAfter !== undefined && !isInterrupted && text.includes(take.interruptAfter)) {
      isInterrupted = true
      child.stdin.write(ctrlC)
    }
  })
  await once(child, 'close')
  return { written, tookMs: performance.now() - start }
}
