/** Puts a question through the middleware of a client. Called once for each step, and only where there is any. */
import {
  type ConversationCall,
  type ConversationEvent,
  type ConversationRequest,
  type Converse,
  compose,
  type Middleware,
} from '@dapr-chat/protocol'
import type { OpenAnswer } from './sources.ts'

type Batch = readonly ConversationEvent[]

/**
 * Asks through the middleware, and returns once the answer's head has arrived or the middleware itself has said
 * something. An answer that no source gave is shown as `simulated`.
 * @param ask asks the sources.
 */
export async function askThrough(
  middleware: readonly Middleware[],
  call: Omit<ConversationCall, 'caller'>,
  ask: (call: ConversationCall) => Promise<OpenAnswer>,
): Promise<OpenAnswer> {
  const opened = Promise.withResolvers<void>()
  let head: OpenAnswer | undefined
  const source: Converse = async function* (given) {
    const answer = await ask(given)
    head ??= answer
    opened.resolve()
    yield* answer.events
  }
  const copy = { ...call, request: frozenCopy(call.request) as ConversationRequest, caller: { id: 'anonymous' } }
  const iterator = compose(source, middleware)(Object.freeze(copy))[Symbol.asyncIterator]()
  const first = iterator.next()
  await Promise.race([opened.promise, first])
  // Whoever reads the events gets its failure.
  first.catch(() => {})
  const { mode = 'simulated', component = call.component, attempts = 0, warnings = [], raw } = head ?? {}
  return { mode, component, attempts, warnings, ...(raw !== undefined && { raw }), events: resume(first, iterator) }
}

async function* resume(first: Promise<IteratorResult<Batch>>, iterator: AsyncIterator<Batch>): AsyncGenerator<Batch> {
  let ended = false
  try {
    for (let item = await first; ; item = await iterator.next()) {
      if (item.done) {
        ended = true
        return
      }
      yield item.value
    }
  } catch (thrown) {
    ended = true
    throw thrown
  } finally {
    if (!ended) await iterator.return?.()
  }
}

/** Changing the copy in place fails loudly and changes nothing; bytes are shared, because they cannot be frozen. */
function frozenCopy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy))
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, frozenCopy(inner)])))
}
