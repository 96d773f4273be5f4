/**
 * How many tokens a message is likely to be, for whoever has to fit a conversation into a window. Models count
 * differently and none tells beforehand.
 */
import type { Message } from './message.ts'

/** What surrounds a message on its way into a model: its role and its marks. */
const TOKENS_PER_MESSAGE = 4

/** What a picture, a recording or a document is taken for: about a large picture. */
const TOKENS_PER_MEDIA = 1_000

/** English has about four bytes to a token, and scripts that have more bytes to a character have more tokens too. */
const BYTES_PER_TOKEN = 4

/**
 * An estimate: the bytes of everything written in UTF-8, by four and rounded up, 4 for the message itself and 1,000 for
 * each piece of media.
 */
export function estimateTokens(message: Message): number {
  let bytes = utf8Length(message.name ?? '')
  let tokens = TOKENS_PER_MESSAGE
  for (const part of message.content) {
    if (part.type === 'text') bytes += utf8Length(part.text)
    else tokens += TOKENS_PER_MEDIA
  }
  if (message.role === 'assistant') {
    for (const { name, arguments: given } of message.toolCalls) bytes += utf8Length(name) + utf8Length(given)
    bytes += utf8Length(message.reasoning ?? '') + utf8Length(message.refusal ?? '')
  }
  return tokens + Math.ceil(bytes / BYTES_PER_TOKEN)
}

const encoder = new TextEncoder()

/** The bytes of a text in UTF-8. */
function utf8Length(text: string): number {
  return encoder.encode(text).length
}
