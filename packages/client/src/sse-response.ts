/** A stream as the answer of a web server: OpenAI's chunks as server-sent events, for a page that reads them with `fetch`. */
import { ConversationError } from '@dapr-chat/protocol'
import { writeChatError } from '@dapr-chat/protocol/openai'
import { encodeSse, SSE_HEADERS } from '@dapr-chat/protocol/sse'
import { DaprChatError } from './errors.ts'

/** What `ChatStream` is to this. */
export interface ChunkStream extends AsyncIterable<object> {
  cancel(reason?: unknown): void
}

/**
 * The response. The call is made when its body is first read, and one chunk is read for each that the receiver takes.
 * `data: [DONE]` comes only after a clean end; a failure is an event with `error` in it, and the end of the body. A
 * receiver who leaves ends the call.
 * @param init status and headers; a header given here wins.
 */
export function sseResponse(stream: ChunkStream, init: ResponseInit = {}): Response {
  const headers = new Headers(SSE_HEADERS)
  for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
  const encoder = new TextEncoder()
  const chunks = stream[Symbol.asyncIterator]()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const send = (data: string) => controller.enqueue(encoder.encode(encodeSse(data)))
        try {
          const { done, value } = await chunks.next()
          if (!done) return send(JSON.stringify(value))
          send('[DONE]')
        } catch (error) {
          send(JSON.stringify(writeChatError(asConversationError(error))))
        }
        controller.close()
      },
      cancel(reason) {
        stream.cancel(reason)
      },
    },
    // Nothing is read ahead of the receiver.
    { highWaterMark: 0 },
  )
  return new Response(body, { ...init, headers })
}

function asConversationError(error: unknown): ConversationError {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof ConversationError) return at
  return error instanceof DaprChatError
    ? new ConversationError('internal', error.message, { cause: error })
    : ConversationError.from(error)
}
