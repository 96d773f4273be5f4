/** Counts and times every conversation with a component. Outermost, so that it sees what the caller sees. */
import { ConversationError, type Middleware } from '@dapr-chat/protocol'
import type { Metrics } from '../observability/metrics.ts'

/** A middleware that records each conversation once it has ended, however it ended. */
export function telemetry(metrics: Metrics, component: string): Middleware {
  return (next) =>
    async function* observed(call) {
      const start = performance.now()
      let finished = false
      try {
        for await (const batch of next(call)) {
          // Before the batch is handed on: a caller may leave once it has the finish.
          finished ||= batch.some((event) => event.type === 'finish')
          yield batch
        }
      } catch (thrown) {
        // A caller who has the finish and leaves before the token counts come has lost nothing of the answer.
        finished &&= thrown instanceof ConversationError && thrown.code === 'cancelled'
        throw thrown
      } finally {
        metrics.recordConversation(component, finished, performance.now() - start)
      }
    }
}
