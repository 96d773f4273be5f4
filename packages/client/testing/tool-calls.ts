/** The events of a model that calls tools, for scripts. */
import type { ConversationEvent } from '@dapr-chat/protocol'

/** A call as a model that streams makes it: its arguments come in two pieces. */
export function toolCall(index: number, name: string, args: string): ConversationEvent[] {
  const at = { choice: 0, index }
  const middle = args.length >> 1
  const pieces = [args.slice(0, middle), args.slice(middle)].filter((piece) => piece !== '')
  return [
    { type: 'tool-call-start', ...at, id: `call_${index}`, name },
    ...pieces.map((piece): ConversationEvent => ({ type: 'tool-call-delta', ...at, arguments: piece })),
    { type: 'tool-call-end', ...at },
  ]
}

/** The end of an answer that calls tools. */
export const toolsCalled: ConversationEvent = { type: 'finish', choice: 0, reason: 'tool_calls' }
