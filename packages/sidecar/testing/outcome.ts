/** Reads answers that may fail half way, for tests that look at both parts. */
import { ConversationError, type ConversationEvent, type ConversationResult, ResultFold } from '@dapr-chat/protocol'

/** What came of a call: everything delivered, folded, and the error behind it. */
export interface Outcome {
  readonly events: readonly ConversationEvent[]
  readonly batches: number
  readonly result: ConversationResult
  readonly error: ConversationError | undefined
  /** The text of the answer, as far as it was delivered. */
  readonly text: string
}

/** Reads an answer to its end, good or bad. */
export async function outcomeOf(stream: AsyncIterable<readonly ConversationEvent[]>): Promise<Outcome> {
  const fold = new ResultFold()
  const events: ConversationEvent[] = []
  let batches = 0
  let error: ConversationError | undefined
  try {
    for await (const batch of stream) {
      batches++
      for (const event of batch) {
        events.push(event)
        fold.add(event)
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof ConversationError)) throw thrown
    error = thrown
  }
  const result = error ? fold.partial : fold.result
  return { events, batches, result, error, text: result.choices[0]?.text ?? '' }
}
