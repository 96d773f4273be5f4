/**
 * Where a stream commits. Until the first model output nothing has reached the caller, and a failure can still be an
 * ordinary status; the surfaces that stream call this before they send one.
 */
import { type ConversationEvent, isOutput } from '@dapr-chat/protocol'

/** A stream whose first output has arrived. */
export interface CommittedStream {
  /** Everything up to the first output and what came with it. */
  readonly first: readonly ConversationEvent[]
  /** The rest. */
  readonly rest: AsyncIterator<readonly ConversationEvent[]>
}

/**
 * Reads on until model output or a finish reason has come, or the stream is over.
 * @throws what the stream throws before that.
 */
export async function untilOutput(stream: AsyncIterable<readonly ConversationEvent[]>): Promise<CommittedStream> {
  const rest = stream[Symbol.asyncIterator]()
  let first: readonly ConversationEvent[] = []
  for (;;) {
    const next = await rest.next()
    if (next.done) return { first, rest }
    first = first.length === 0 ? next.value : [...first, ...next.value]
    if (next.value.some((event) => isOutput(event) || event.type === 'finish')) return { first, rest }
  }
}
