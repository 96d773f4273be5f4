/**
 * Answers the same question of the same caller from memory. One cache belongs to one component and goes with it;
 * `assemble.ts` puts it below scrubbing of the input, so that what was scrubbed is the key, and outside of retries.
 */
import { setImmediate } from 'node:timers/promises'
import type { ConversationCall, ConversationEvent, Converse, Middleware } from '@dapr-chat/protocol'
import type { ConversationMetrics } from '../../observability/conversation-metrics.ts'
import { type AnswerLimits, AnswerStore, type StoredAnswer } from './answer-store.ts'
import { Recording } from './recording.ts'
import { requestKey } from './request-key.ts'

/** The cache of one component. */
export interface ResponseCacheOptions extends AnswerLimits {
  /** The component's name, for the metrics. */
  readonly component: string
  /** The model that the component asks where the request names none. */
  readonly model: string | undefined
  readonly metrics: Pick<ConversationMetrics, 'recordCacheLookup'>
}

/** How many batches leave one after another before others get their turn, as they would between reads of a socket. */
const BATCHES_PER_TURN = 64

/**
 * A middleware with a cache of its own. Only answers of which every choice ended with `stop` or `tool_calls` are kept.
 * @throws RangeError for limits that leave no room.
 */
export function responseCache(options: ResponseCacheOptions): Middleware {
  const { component, model, metrics } = options
  const answers = new AnswerStore(options)
  return (next) =>
    function cached(call) {
      const key = requestKey(call, model)
      const known = answers.get(key)
      metrics.recordCacheLookup(component, known !== undefined)
      if (!known) return record(next, call, key, answers)
      call.observer?.servedFromCache()
      return replay(known, call)
    }
}

/** The batches as they were: a stream like the first one, and like it no faster than the caller reads. */
async function* replay(
  answer: StoredAnswer,
  { signal }: ConversationCall,
): AsyncGenerator<readonly ConversationEvent[]> {
  for (const [index, batch] of answer.entries()) {
    if (index > 0 && index % BATCHES_PER_TURN === 0) await setImmediate()
    signal.throwIfAborted()
    yield batch
  }
}

async function* record(
  next: Converse,
  call: ConversationCall,
  key: string,
  answers: AnswerStore,
): AsyncGenerator<readonly ConversationEvent[]> {
  const recording = new Recording(answers.maxAnswerBytes)
  for await (const batch of next(call)) {
    recording.add(batch)
    yield batch
  }
  // Only here is the answer whole: a failure was thrown, and a caller who left does not come back.
  const { answer } = recording
  if (answer && !call.signal.aborted) answers.set(key, answer.batches, answer.bytes)
}
