/** A `Converse` for tests of middleware: each call follows the next script, and is recorded. */
import type { ConversationCall, ConversationEvent, Converse } from '@dapr-chat/protocol'

/** What one call brings, in order: batches, and then perhaps an error to throw or a promise to wait for. */
export type ConverseScript = readonly (readonly ConversationEvent[] | Error | Promise<unknown>)[]

/** A scripted function and what became of it. */
export interface ScriptedConverse {
  readonly converse: Converse
  /** The calls so far. */
  readonly calls: readonly ConversationCall[]
  /** How many answers are being read. */
  readonly open: number
}

/** Follows the scripts in order; the last one holds for all further calls. A call whose signal aborts throws its reason. */
export function scriptedConverse(...scripts: readonly ConverseScript[]): ScriptedConverse {
  const calls: ConversationCall[] = []
  let open = 0
  return {
    calls,
    get open() {
      return open
    },
    async *converse(call) {
      const script = scripts[Math.min(calls.length, scripts.length - 1)] ?? []
      calls.push(call)
      open++
      try {
        for (const step of script) {
          call.signal.throwIfAborted()
          if (step instanceof Error) throw step
          if (step instanceof Promise) await Promise.race([step, abortOf(call.signal)])
          else yield step
        }
      } finally {
        open--
      }
    },
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}
