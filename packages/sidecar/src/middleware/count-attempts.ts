/** Tells a call's observer each time that the provider is asked. Innermost; batches pass without a turn of their own. */
import type { Middleware } from '@dapr-chat/protocol'

/** The middleware. */
export function countAttempts(): Middleware {
  return (next) =>
    function counted(call) {
      call.observer?.attempted()
      return next(call)
    }
}
