/**
 * Keeps what is said for the console, where the operator asked for it. `assemble.ts` puts it where both sides have been
 * scrubbed; without the setting it is not there at all.
 */
import type { Middleware } from '@dapr-chat/protocol'
import type { ContentBook } from '../observability/content-book.ts'

/** The middleware. Calls that nobody observes have no name to be found by, and are not kept. */
export function captureContent(book: ContentBook): Middleware {
  return (next) =>
    async function* captured(call) {
      const words = call.observer && book.begin(call.observer.id, call)
      for await (const batch of next(call)) {
        for (const event of batch) if (event.type === 'text-delta' && event.choice === 0) words?.add(event.text)
        yield batch
      }
    }
}
