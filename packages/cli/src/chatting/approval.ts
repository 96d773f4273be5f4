/** Asks the user whether a tool may run. Used by `ask` and `chat`, for tools that need approval. */
import type { Approve } from '@dapr-chat/client'
import { excerpt } from '../terminal/printable.ts'

/** How much of the arguments is shown; what is longer is cut. */
const SHOWN_CHARACTERS = 2_000

/** Asks a question on the terminal; nothing where it was not answered. */
export type AskUser = (question: string, signal: AbortSignal) => Promise<string | undefined>

/**
 * The client's option `approve`. One question stands on the terminal at a time.
 * @param askUser `undefined` where there is no terminal: then the model is told that the tool may not run.
 * @param untilShown resolves when the call has been shown: tools are asked about while the answer still arrives.
 */
export function approver(askUser: AskUser | undefined, untilShown: (callId: string) => Promise<void>): Approve {
  const always = new Set<string>()
  let before: Promise<unknown> = Promise.resolve()
  return ({ call, signal }) => {
    if (!askUser) return 'the tool needs approval, and there is no terminal to ask on'
    const { name, arguments: text } = call.function
    const decide = async () => {
      await untilShown(call.id)
      if (always.has(name)) return true
      const answer = await askUser(
        `Run ${excerpt(name, 100)}(${excerpt(text, SHOWN_CHARACTERS)})? [y]es, [a]lways, [N]o `,
        signal,
      )
      if (/^a(?:lways)?$/i.test(answer?.trim() ?? '')) always.add(name)
      return always.has(name) || /^y(?:es)?$/i.test(answer?.trim() ?? '') || 'the user did not allow it'
    }
    const decision = before.then(decide)
    before = decision.catch(() => {})
    return decision
  }
}
