/** What is said of an answer that is not whole. Used by `ask` and `chat`. */
import type { ChatResult } from '@dapr-chat/client'

/** A sentence, or nothing where the answer is whole. */
export function cutNotice({
  finishReason,
  stopReason,
}: Pick<ChatResult, 'finishReason' | 'stopReason'>): string | undefined {
  if (stopReason === 'max-steps') return 'The answer was cut: the model was asked as often as max_steps allows.'
  if (finishReason === 'length') return 'The answer was cut: the token limit was reached.'
  if (finishReason === 'content_filter') return 'The answer was cut by a content filter.'
  return undefined
}
