/** One question to the user in the midst of a command that otherwise reads nothing. Used by `ask`, for approvals. */
import { createInterface } from 'node:readline'
import type { Style } from './style.ts'

/** Asks on the terminal; `undefined` where there is none. Ctrl-C counts as it does elsewhere. */
export function askOnTerminal(
  style: Style,
): ((question: string, signal: AbortSignal) => Promise<string | undefined>) | undefined {
  const { stdin, stderr } = process
  if (!stdin.isTTY || !stderr.isTTY) return undefined
  return async (question, signal) => {
    const reader = createInterface({ input: stdin, output: stderr, terminal: true, history: [] })
    reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    const leave = () => reader.close()
    signal.addEventListener('abort', leave, { once: true })
    reader.on('close', () => resolve(undefined))
    reader.question(style.warning(question), resolve)
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', leave)
      reader.close()
    }
  }
}
