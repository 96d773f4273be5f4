/** What a conversation puts around a call: it says what goes in front of the question, and learns how the call ended. */
import type { PartialAnswer } from './errors.ts'
import type { ChatMessage } from './message.ts'
import type { ChatResult } from './result.ts'

/** How a call ended: with its result, or with an error and what had been said by then. */
export type CallOutcome =
  | { readonly result: Pick<ChatResult, 'messages' | 'usage'> }
  | {
      readonly error: unknown
      /** What the complete steps added: no tool call without its result. */
      readonly messages: readonly ChatMessage[]
      /** What had arrived of the step after them. */
      readonly partial: PartialAnswer
    }

/** The surroundings of one call. */
export interface CallFrame {
  /**
   * What goes in front of the question. Asked once, when the call begins; what it throws fails the call.
   * @param signal is aborted when the call is stopped.
   */
  opening(signal: AbortSignal): Promise<readonly ChatMessage[]>
  /** The call has ended, and its reader does not know yet: what this throws fails the call. Called once after `opening`. */
  closing(outcome: CallOutcome): Promise<void>
}
