/** Refuses media that a provider cannot take, before anything is sent: dropped without a word, they would be missed. */
import { type ConversationCall, ConversationError, type Middleware } from '@dapr-chat/protocol'

/** A middleware for a provider that takes these kinds of media beside text. */
export function acceptedMedia(kinds: readonly string[]): Middleware {
  return (next) =>
    function checked(call) {
      checkMedia(call, kinds)
      return next(call)
    }
}

function checkMedia({ request }: ConversationCall, kinds: readonly string[]): void {
  for (const { content } of request.messages) {
    for (const { type } of content) {
      if (type === 'text' || kinds.includes(type)) continue
      const takes = ['text', ...kinds].join(', ')
      throw new ConversationError('invalid_params', `invalid params: the provider takes no ${type}, only: ${takes}`)
    }
  }
}
