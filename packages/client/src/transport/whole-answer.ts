/** Shows a whole answer as events, for sources that do not stream: what follows then need not know the difference. */
import { ConversationError, type ConversationEvent, type ConversationResult } from '@dapr-chat/protocol'

/**
 * The events of a whole answer, in the order in which a model that streams would have sent them. Runtimes leave a tool
 * call's id or arguments empty where the provider gave none; a call gets an id of its own and the empty object then.
 * @throws ConversationError `protocol` for an answer without any choice.
 */
export function eventsOf(result: ConversationResult): ConversationEvent[] {
  if (result.choices.length === 0) {
    throw new ConversationError('protocol', 'the answer holds no choice: it must have at least one')
  }
  const events: ConversationEvent[] = [
    {
      type: 'message-start',
      ...(result.id !== undefined && { id: result.id }),
      ...(result.model !== undefined && { model: result.model }),
    },
  ]
  for (const whole of result.choices) {
    const { index: choice, text, reasoning, reasoningSignature: signature, refusal } = whole
    const { toolCalls, finishReason, rawFinishReason } = whole
    if (reasoning !== '' || signature) {
      events.push({ type: 'reasoning-delta', choice, text: reasoning, ...(signature && { signature }) })
    }
    if (text !== '') events.push({ type: 'text-delta', choice, text })
    if (refusal !== '') events.push({ type: 'refusal-delta', choice, text: refusal })
    for (const [index, call] of toolCalls.entries()) {
      const id = call.id || `call_${crypto.randomUUID().replaceAll('-', '')}`
      const { name, signature } = call
      events.push({ type: 'tool-call-start', choice, index, id, name, ...(signature && { signature }) })
      events.push({ type: 'tool-call-delta', choice, index, arguments: call.arguments || '{}' })
      events.push({ type: 'tool-call-end', choice, index })
    }
    const raw = rawFinishReason !== undefined && { raw: rawFinishReason }
    events.push({ type: 'finish', choice, reason: finishReason, ...raw })
  }
  if (result.usage) events.push({ type: 'usage', usage: result.usage })
  return events
}

/** Events that are all there as the one batch of a stream. */
export async function* singleBatch(events: readonly ConversationEvent[]): AsyncGenerator<readonly ConversationEvent[]> {
  yield events
}
