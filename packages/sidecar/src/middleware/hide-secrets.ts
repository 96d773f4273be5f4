/**
 * Keeps the component's own secrets out of what callers are told. Providers quote the key that they refuse, and not
 * every key looks like one; here its very text is known.
 */
import { ConversationError, type Middleware } from '@dapr-chat/protocol'

/** What is shorter is a stand-in for a server that checks no key, and may be an ordinary word. */
const MIN_SECRET_CHARS = 8

/** A middleware that masks the given texts in the messages of failures. */
export function hideSecrets(values: readonly string[]): Middleware {
  const secrets = values.filter((value) => value.length >= MIN_SECRET_CHARS)
  if (secrets.length === 0) return (next) => next
  const rethrow = (thrown: unknown): never => {
    throw thrown instanceof ConversationError ? withoutSecrets(thrown, secrets) : thrown
  }
  // By hand and not as a generator: batches pass without a turn of their own.
  return (next) => (call) => ({
    [Symbol.asyncIterator]() {
      const stream = next(call)[Symbol.asyncIterator]()
      return {
        next: () => stream.next().catch(rethrow),
        return: async () => (await stream.return?.()) ?? { done: true, value: undefined },
      }
    },
  })
}

function withoutSecrets(error: ConversationError, secrets: readonly string[]): ConversationError {
  const message = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), error.message)
  if (message === error.message) return error
  const { code, component, status, retryAfterMs, clock } = error
  // Without the cause, whose message says the same unmasked.
  return new ConversationError(code, message, {
    ...(component !== undefined && { component }),
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(clock !== undefined && { clock }),
  })
}
