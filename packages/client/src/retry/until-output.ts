/**
 * Looks at the beginning of an answer before it is handed out. Servers that have begun a stream can still fail before
 * its first output; such a call may be made again, because nothing of it has been seen.
 */
import { type ConversationEvent, isOutput } from '@dapr-chat/protocol'
import { abortable } from '../abortable.ts'

type Batch = readonly ConversationEvent[]

/**
 * Reads until model output or a finish reason has come, or the answer is over, and returns the whole answer, that
 * beginning included.
 * @throws what the answer throws before that, or the signal's reason.
 */
export async function untilOutput(answer: AsyncIterable<Batch>, signal: AbortSignal): Promise<AsyncIterable<Batch>> {
  const iterator = answer[Symbol.asyncIterator]()
  const held: Batch[] = []
  try {
    while (true) {
      const { done, value } = await abortable(iterator.next(), signal)
      if (done) return resume(held, undefined)
      held.push(value)
      if (value.some((event) => isOutput(event) || event.type === 'finish')) return resume(held, iterator)
    }
  } catch (thrown) {
    // The signal frees an iterator that is waiting, `return` one that is not. Neither is waited for.
    iterator.return?.().catch(() => {})
    throw thrown
  }
}

async function* resume(held: readonly Batch[], rest: AsyncIterator<Batch> | undefined): AsyncGenerator<Batch> {
  let ended = rest === undefined
  try {
    yield* held
    while (rest && !ended) {
      const { done, value } = await rest.next()
      if (done) ended = true
      else yield value
    }
  } catch (thrown) {
    ended = true
    throw thrown
  } finally {
    if (!ended) await rest?.return?.()
  }
}
