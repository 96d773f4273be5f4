/** Shows the text of a whole answer in pieces, for displays that are made for a stream. No time passes in between. */
import type { ConversationEvent } from '@dapr-chat/protocol'
import type { StreamSource } from './transport.ts'

/** What the pieces are. */
export type SimulatedChunk = NonNullable<Extract<StreamSource, { kind: 'simulated' }>['chunk']>

/** How many pieces are handed out at once: enough that the hand-over costs little beside the pieces. */
const BATCH_SIZE = 256

/** The same answer, its text cut. */
export async function* simulateStream(
  answer: AsyncIterable<readonly ConversationEvent[]>,
  chunk: SimulatedChunk,
): AsyncGenerator<readonly ConversationEvent[]> {
  if (chunk === 'whole') return yield* answer
  const cut = chunk === 'word' ? words : graphemes
  let batch: ConversationEvent[] = []
  for await (const events of answer) {
    for (const event of events) {
      if (event.type !== 'text-delta') batch.push(event)
      else for (const text of cut(event.text)) batch.push({ ...event, text })
      for (; batch.length > BATCH_SIZE; batch = batch.slice(BATCH_SIZE)) yield batch.slice(0, BATCH_SIZE)
    }
    if (batch.length > 0) yield batch
    batch = []
  }
}

/** Words, each with the white space after it; white space at the beginning stands alone. */
function words(text: string): readonly string[] {
  return text.match(/^\s+|\S+\s*/g) ?? []
}

function* graphemes(text: string): Generator<string> {
  for (const { segment } of new Intl.Segmenter().segment(text)) yield segment
}
