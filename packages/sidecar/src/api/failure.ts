/** What has gone wrong in a conversation, on its way to the caller. Every API comes here before it writes a failure. */
import { ConversationError } from '@dapr-chat/protocol'
import type { ApiContext } from './context.ts'

/** The failure as callers may see it. It is counted; what nobody foresaw reaches the log, and callers do not learn it. */
export function failureOf(
  { countError, reportInternal }: Pick<ApiContext, 'countError' | 'reportInternal'>,
  thrown: unknown,
): ConversationError {
  if (!(thrown instanceof ConversationError)) reportInternal(thrown)
  const error = ConversationError.from(thrown)
  countError(error)
  return error
}
