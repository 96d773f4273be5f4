/**
 * The mock provider's answers in a vendor's words, taken from those that the contract of providers speaks. There a text
 * is a block of its own; here it is one block with all tokens, as the vendors stream it, so that a token is one event.
 */
import type { ProviderWire } from '@dapr-chat/sidecar/testing'
import { type AnswerBytes, answerBytes } from './answer-bytes.ts'

const TOKEN = ' token'

/** An answer that streams. */
export function vendorAnswer(words: ProviderWire): AnswerBytes {
  const start = words.start()
  const text = eventsOf(words.text(TOKEN), words.eventStream)
  const at = text.findIndex((event) => event.includes(TOKEN))
  return answerBytes(words.contentType, {
    opening: [...start, ...text.slice(0, at)],
    token: text.slice(at, at + 1),
    end: [...text.slice(at + 1), ...words.finish({ reason: 'stop', promptTokens: 12, completionTokens: 16 })],
  })
}

/** Cuts between events: after blank lines, or by the length that stands at the beginning of each of AWS's frames. */
function eventsOf(bytes: Uint8Array, eventStream: boolean): Buffer[] {
  const events: Buffer[] = []
  let left = Buffer.from(bytes)
  while (left.length > 0) {
    const length = eventStream ? left.indexOf('\n\n') + 2 : left.readUInt32BE()
    events.push(left.subarray(0, length))
    left = left.subarray(length)
  }
  return events
}
