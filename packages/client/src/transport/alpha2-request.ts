/** The request message that both sidecar transports send. */
import { type ConversationRequestAlpha2, writeAlpha2Request } from '@dapr-chat/protocol/dapr'
import type { SourceCall } from './transport.ts'

/** A question as Dapr's alpha2 message. Scrubbing is no matter of the conversation, so only the wire knows of it. */
export function makeAlpha2Request({ component, request, scrubPii }: SourceCall): ConversationRequestAlpha2 {
  const message = writeAlpha2Request(request, component)
  if (scrubPii.output) message.scrubPii = true
  if (scrubPii.input) for (const input of message.inputs) input.scrubPii = true
  return message
}
