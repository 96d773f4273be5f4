/**
 * What several programs write, in one place: each line begins with who wrote it. Text is passed on as it comes, so that an
 * app that prints an answer token by token is seen to do so; nobody writes into another one's line.
 */
import { type Readable, Writable } from 'node:stream'
import { write } from '../terminal/output.ts'

/** One screen or one file, which may be both of the standard streams. */
export class PrefixedOutput {
  /** Who wrote last without ending the line. */
  #open: object | undefined

  /** A stream for one writer, which writes to `target` with `prefix` before each of its lines. */
  writer(target: Writable, prefix: string): Writable {
    const writer = {}
    let isLineStart = true
    const prefixed = (text: string): string => {
      const interrupts = this.#open !== undefined && this.#open !== writer
      if (this.#open !== writer) isLineStart = true
      const lines = text.split('\n')
      const endsLine = lines.at(-1) === ''
      if (endsLine) lines.pop()
      const body = lines.map((line, index) => `${index > 0 || isLineStart ? prefix : ''}${line}`).join('\n')
      isLineStart = endsLine
      this.#open = endsLine ? undefined : writer
      return `${interrupts ? '\n' : ''}${body}${endsLine ? '\n' : ''}`
    }
    return new Writable({
      decodeStrings: false,
      // A slow reader of ours slows the program.
      write: (chunk: string | Buffer, _encoding, done) => {
        const text = String(chunk)
        if (text === '') done()
        else write(target, prefixed(text)).then(() => done(), done)
      },
    })
  }
}

/** The output for standard output and standard error: one where both are the same terminal, two where they are not. */
export function standardOutputs(): { readonly stdout: PrefixedOutput; readonly stderr: PrefixedOutput } {
  const stdout = new PrefixedOutput()
  return { stdout, stderr: process.stdout.isTTY && process.stderr.isTTY ? stdout : new PrefixedOutput() }
}

/** Passes on what a program writes, until it writes no more. */
export async function passOn(from: Readable, to: Writable): Promise<void> {
  for await (const text of from.setEncoding('utf8')) await write(to, text)
}
