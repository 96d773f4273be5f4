/** Reads an answer whose status is none of success. Every provider that is asked over HTTP reads its failures here. */
import type { ConversationError } from '@dapr-chat/protocol'
import { readChatError } from '@dapr-chat/protocol/openai'
import type { Exchange, ExchangeHead } from './exchange.ts'

/** The most of an error's body that is read, in bytes. */
const MAX_ERROR_BYTES = 64 * 1024

/**
 * The typed error that a failed answer stands for.
 * @throws ConversationError the signal's reason, where the caller leaves while the body is read.
 */
export async function readFailedAnswer(
  exchange: Exchange,
  { status, headers }: ExchangeHead,
  signal: AbortSignal,
): Promise<ConversationError> {
  return readChatError({ status, headers, body: await readText(exchange, signal) })
}

/** The body of an error; what is beyond the limit, or behind a break or silence of the connection, is not missed. */
async function readText(exchange: Exchange, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  try {
    while (size < MAX_ERROR_BYTES) {
      const bytes = await exchange.read()
      if (!bytes) break
      size += bytes.length
      text += decoder.decode(bytes, { stream: true })
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown
  }
  return text
}
