/**
 * What of a conversation goes in front of the next request. The unit is the round: a question of the user and all that
 * followed it up to the next question, tool calls and their answers among it. Only whole rounds are remembered or left
 * out, so that no answer stands without its question and no tool call without its answer.
 */
import { estimateTokens, type Message } from '@dapr-chat/protocol'

/** What limits the recall. */
export interface RecallOptions {
  /** The most tokens, by `estimateTokens`. */
  readonly maxTokens: number
  /** Whether the request goes on with the newest round, because it brings answers to tool calls. */
  readonly continues: boolean
}

/**
 * The newest rounds that fit, in order. A round is left out whose tool calls were never answered, unless the request
 * continues it: that one is always kept, however long it is, because without it the request makes no sense.
 * @param newestFirst the messages of the conversation, read only as far as they are needed.
 */
export async function recall(
  newestFirst: AsyncIterable<Message> | Iterable<Message>,
  { maxTokens, continues }: RecallOptions,
): Promise<Message[]> {
  let left = maxTokens
  let wanted = continues
  let kept: readonly Message[] = []
  for await (const round of rounds(newestFirst)) {
    if (wanted || isAnswered(round)) {
      left -= round.reduce((sum, message) => sum + estimateTokens(message), 0)
      if (left < 0 && !wanted) break
      kept = [...round, ...kept]
    }
    wanted = false
    if (left <= 0) break
  }
  return [...kept]
}

/** The rounds, newest first. What comes before the first question is the rest of one, and no round. */
async function* rounds(newestFirst: AsyncIterable<Message> | Iterable<Message>): AsyncGenerator<readonly Message[]> {
  let reversed: Message[] = []
  for await (const message of newestFirst) {
    // Several messages of the user in a row are one question.
    if (reversed.at(-1)?.role === 'user' && message.role !== 'user') {
      yield reversed.toReversed()
      reversed = []
    }
    reversed.push(message)
  }
  if (reversed.at(-1)?.role === 'user') yield reversed.toReversed()
}

/** Whether each tool call of a round is followed by its answer, and each answer belongs to a call. */
function isAnswered(messages: readonly Message[]): boolean {
  let open: string[] = []
  for (const message of messages) {
    if (message.role === 'tool') {
      // Dapr allows an answer without the id of its call: it answers the first one.
      const at = message.toolCallId === '' ? 0 : open.indexOf(message.toolCallId)
      if (at < 0 || open.length === 0) return false
      open.splice(at, 1)
    } else {
      if (open.length > 0) return false
      open = message.role === 'assistant' ? message.toolCalls.map(({ id }) => id) : []
    }
  }
  return open.length === 0
}
