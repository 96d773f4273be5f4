/**
 * The provider that answers with the question. It needs no key and no network: examples, tests and newcomers start
 * with it. What it answers is daprd's `conversation.echo`; that it streams, and may take its time, is ours.
 */
import { setTimeout } from 'node:timers/promises'
import type { ConversationCall, ConversationEvent } from '@dapr-chat/protocol'
import { historySettings } from '../history-settings.ts'
import { defineProvider } from '../provider.ts'
import { echoText, echoToolCalls } from './answer.ts'
import { countWords, splitWords } from './words.ts'

/** The most events in one batch, so that an answer of a million words is not held in memory a second time. */
const BATCH = 512

const LONGEST_DELAY_MS = 3_600_000

/** `conversation.echo`. */
export const echo = defineProvider({
  type: 'conversation.echo',
  description: 'Answers with the question, word by word; needs no key.',
  settings: {
    delay: { type: 'duration', default: 0, description: 'How long to wait between two words, so that streaming shows' },
    ...historySettings,
  },
  create({ delay }, { warn }) {
    if (delay < 0 || delay > LONGEST_DELAY_MS) {
      throw new Error(`metadata "delay" must be from 0s to 1h: current value is ${delay / 1_000}s`)
    }
    return {
      converse: (call) => {
        if (hasMedia(call)) warn('media', 'images, recordings and files are passed over: echo says the text only')
        // There is no way to a server that could take its time.
        call.observer?.answered()
        return delay > 0 ? paced(call, delay) : batched(call)
      },
      close: async () => {},
    }
  },
})

function hasMedia({ request }: ConversationCall): boolean {
  return request.messages.some(({ content }) => content.some(({ type }) => type !== 'text'))
}

/** Everything at once, in batches of bounded size. */
async function* batched(call: ConversationCall): AsyncGenerator<readonly ConversationEvent[]> {
  call.signal.throwIfAborted()
  let batch: ConversationEvent[] = []
  for (const event of events(call)) {
    batch.push(event)
    if (batch.length < BATCH) continue
    yield batch
    call.signal.throwIfAborted()
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** A batch for each word, with a pause before all but the first; what follows the words comes with the last one. */
async function* paced(call: ConversationCall, delayMs: number): AsyncGenerator<readonly ConversationEvent[]> {
  call.signal.throwIfAborted()
  let batch: ConversationEvent[] = []
  let words = 0
  for (const event of events(call)) {
    if (event.type === 'text-delta' && words++ > 0) {
      yield batch
      await pause(delayMs, call.signal)
      batch = []
    }
    batch.push(event)
  }
  yield batch
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal })
  } catch {
    throw signal.reason
  }
}

/** The whole answer. Nothing is yielded where the request is refused. */
function* events({ request }: ConversationCall): Generator<ConversationEvent> {
  const text = echoText(request)
  const calls = echoToolCalls(request)
  yield { type: 'message-start' }
  for (const word of splitWords(text)) yield { type: 'text-delta', choice: 0, text: word }
  for (const [index, call] of calls.entries()) {
    yield { type: 'tool-call-start', choice: 0, index, id: call.id, name: call.name }
    if (call.arguments !== '') yield { type: 'tool-call-delta', choice: 0, index, arguments: call.arguments }
    yield { type: 'tool-call-end', choice: 0, index }
  }
  yield { type: 'finish', choice: 0, reason: calls.length > 0 ? 'tool_calls' : 'stop' }
  const words = countWords(text)
  yield { type: 'usage', usage: { promptTokens: words, completionTokens: words, totalTokens: 2 * words } }
}
