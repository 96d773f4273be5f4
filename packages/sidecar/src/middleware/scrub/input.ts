/** Takes personal data out of the messages that the caller marked, before anything else sees them. */
import type { AssistantMessage, ContentPart, ConversationRequest, Message, Middleware } from '@dapr-chat/protocol'
import { scrubJson } from './json-scrubber.ts'
import { scrubText } from './text-scrubber.ts'

/** A middleware for what goes in. Calls without a mark pass as they are. */
export function scrubInput(): Middleware {
  return (next) =>
    function scrubbed(call) {
      const asked = (call.request.scrub?.messages.length ?? 0) > 0
      return asked ? next({ ...call, request: scrubRequest(call.request) }) : next(call)
    }
}

function scrubRequest({ scrub, ...request }: ConversationRequest): ConversationRequest {
  const marked = new Set(scrub?.messages)
  return {
    ...request,
    messages: request.messages.map((message, index) => (marked.has(index) ? scrubMessage(message) : message)),
    // The marks name places, which those behind may change; what they asked for is done.
    ...(scrub?.output && { scrub: { messages: [], output: true } }),
  }
}

function scrubMessage(message: Message): Message {
  const content = message.content.map(scrubPart)
  return message.role === 'assistant' ? { ...scrubTurn(message), content } : { ...message, content }
}

function scrubPart(part: ContentPart): ContentPart {
  return part.type === 'text' ? { ...part, text: scrubText(part.text) } : part
}

/** What the model said beside its text. */
function scrubTurn({ reasoningSignature, ...message }: AssistantMessage): AssistantMessage {
  const { reasoning, refusal } = message
  const scrubbed = reasoning === undefined ? undefined : scrubText(reasoning)
  return {
    ...message,
    toolCalls: message.toolCalls.map((call) => ({ ...call, arguments: scrubJson(call.arguments) })),
    ...(scrubbed !== undefined && { reasoning: scrubbed }),
    // The vendor refuses a signature of other words than it signed.
    ...(reasoningSignature !== undefined && scrubbed === reasoning && { reasoningSignature }),
    ...(refusal !== undefined && { refusal: scrubText(refusal) }),
  }
}
