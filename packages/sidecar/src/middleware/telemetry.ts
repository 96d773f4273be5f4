/** Keeps the record of every conversation with a component. Outermost, so that it sees what the caller sees. */
import { ConversationError, type Middleware } from '@dapr-chat/protocol'
import type { CallBook } from '../observability/call-book.ts'
import type { RecordedComponent } from '../observability/call-record.ts'

/** A middleware that writes each conversation into the book, from its beginning to its end, however it ends. */
export function telemetry(calls: CallBook, component: RecordedComponent): Middleware {
  return (next) =>
    async function* observed(call) {
      const record = calls.begin(call, component)
      // Holds where the reader leaves before the end.
      let over = false
      let failure: unknown
      try {
        for await (const batch of next({ ...call, observer: record })) {
          // Before the batch is handed on: a caller may leave once it has the finish.
          record.read(batch)
          yield batch
        }
        over = true
      } catch (thrown) {
        over = true
        failure = thrown
        throw thrown
      } finally {
        calls.end(record, over ? failure : (call.signal.reason ?? abandoned()))
      }
    }
}

function abandoned(): ConversationError {
  return new ConversationError('cancelled', 'the caller has left')
}
