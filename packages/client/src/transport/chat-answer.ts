/** Reads the answer of a server that speaks OpenAI's chat API, for the sources that ask one: `direct` and `invoke`. */
import type { ConversationEvent } from '@dapr-chat/protocol'
import { ChatStreamReader } from '@dapr-chat/protocol/openai'
import { BodyReader } from './body.ts'
import type { SourceAnswer } from './transport.ts'
import { singleBatch } from './whole-answer.ts'

/** The answer of a call that succeeded: a stream, or a whole one where the server does not stream. */
export async function readChatAnswer(response: Response, signal: AbortSignal): Promise<SourceAnswer> {
  const streamed = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  const events = readChatStream(new BodyReader(response, signal))
  return { streamed, events: streamed ? events : await whole(events) }
}

async function* readChatStream(body: BodyReader): AsyncGenerator<readonly ConversationEvent[]> {
  const reader = new ChatStreamReader()
  try {
    while (!reader.done && !reader.failure) {
      const bytes = await body.read()
      const events = bytes ? reader.push(bytes) : reader.end()
      if (events.length > 0) yield events
      if (!bytes) break
    }
    if (reader.failure) throw reader.failure
    body.linger()
  } finally {
    body.cancel()
  }
}

/** Reads an answer to its end before it is shown, so that nothing is left open when it is not wanted. */
async function whole(events: AsyncIterable<readonly ConversationEvent[]>): Promise<SourceAnswer['events']> {
  const all: ConversationEvent[] = []
  for await (const batch of events) all.push(...batch)
  return singleBatch(all)
}
