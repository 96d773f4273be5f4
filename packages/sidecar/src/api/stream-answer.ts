/**
 * How a conversation leaves over HTTP as an event stream, whichever wire it is written in: failures before the first
 * output are thrown and become a status, later ones go in band and the stream ends without its mark of success.
 */
import type { ServerResponse } from 'node:http'
import type { ConversationError, ConversationEvent } from '@dapr-chat/protocol'
import { encodeSse, SSE_HEADERS, SSE_PING } from '@dapr-chat/protocol/sse'
import { untilOutput } from '../pipeline/until-output.ts'
import { EventStream } from '../server/event-stream.ts'
import type { ApiContext } from './context.ts'
import { failureOf } from './failure.ts'

/** What differs between the wires. */
export interface StreamWire {
  /** The frames of a batch: one for each token, none for events that this wire does not show. */
  write(batch: readonly ConversationEvent[]): readonly string[]
  /** The frames that close a successful stream. */
  end(): readonly string[]
  /** The event that reports a failure in band, encoded. */
  error(error: ConversationError): string
}

/**
 * Writes a stream to a response.
 * @throws ConversationError where the stream fails before its first output; nothing has been sent then.
 */
export async function streamAnswer(
  stream: AsyncIterable<readonly ConversationEvent[]>,
  response: ServerResponse,
  wire: StreamWire,
  context: Pick<ApiContext, 'keepAlive' | 'countError' | 'reportInternal'>,
): Promise<void> {
  const { first, rest } = await untilOutput(stream)
  const events = new EventStream(response, SSE_HEADERS, context.keepAlive, SSE_PING)
  try {
    let batch: readonly ConversationEvent[] | undefined = first
    while (batch) {
      const text = encodeAll(wire.write(batch))
      const full = text === '' ? undefined : events.write(text)
      if (full) await full
      const next: IteratorResult<readonly ConversationEvent[]> = await rest.next()
      batch = next.done ? undefined : next.value
    }
    events.write(`${encodeAll(wire.end())}${encodeSse('[DONE]')}`)
  } catch (thrown) {
    events.write(wire.error(failureOf(context, thrown)))
  } finally {
    // Closes the provider's answer if writing failed; after the end it does nothing.
    await rest.return?.()
    events.end()
  }
}

function encodeAll(frames: readonly string[]): string {
  let text = ''
  for (const frame of frames) text += encodeSse(frame)
  return text
}
