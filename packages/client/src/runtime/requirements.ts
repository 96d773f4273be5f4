/**
 * What of a question not every runtime carries, as data: since when Dapr does, what no Dapr does, and the same question
 * without it. A stock daprd drops fields that it does not know without a word, so `runtime-gate.ts` has to look first.
 */
import type { ContentPart, ConversationRequest, Message } from '@dapr-chat/protocol'

/** Something of a question that a runtime may not carry. */
export interface Requirement {
  /** What it is, in the words of the options. */
  readonly option: string
  /** The first Dapr that carries it; absent where none does, only dapr-chat. */
  readonly since?: string
  /**
   * Whether the answer is merely less than it could be without it. Such a thing is left out with a warning; anything
   * else is refused.
   */
  readonly minor?: boolean
  /** Whether a question needs it. */
  isIn(request: ConversationRequest): boolean
  /** The question without it. */
  without(request: ConversationRequest): ConversationRequest
}

const omit =
  (field: keyof ConversationRequest) =>
  (request: ConversationRequest): ConversationRequest => {
    const { [field]: _, ...rest } = request
    return { ...rest, messages: request.messages }
  }

const has = (field: keyof ConversationRequest) => (request: ConversationRequest) => request[field] !== undefined

/** Everything there is to look for. The versions are those of Dapr's conversation API. */
export const requirements: readonly Requirement[] = [
  { option: 'responseFormat', since: '1.17', isIn: has('responseFormat'), without: omit('responseFormat') },
  {
    option: 'promptCacheRetentionMs',
    since: '1.17',
    isIn: has('promptCacheRetentionMs'),
    without: omit('promptCacheRetentionMs'),
  },
  { option: 'maxTokens', since: '1.19', isIn: has('maxTokens'), without: omit('maxTokens') },
  { option: 'model', isIn: has('model'), without: omit('model') },
  // Dapr's API has them, and the runtime passes none of them on.
  {
    option: 'parameters',
    isIn: ({ parameters = {} }) => Object.keys(parameters).length > 0,
    without: omit('parameters'),
  },
  ...(['image', 'audio', 'file'] as const).map(
    (type): Requirement => ({
      option: `content of type ${type}`,
      isIn: ({ messages }) => messages.some(({ content }) => content.some((part) => part.type === type)),
      without: (request) => mapMessages(request, (message) => withoutParts(message, (part) => part.type === type)),
    }),
  ),
  {
    option: 'strict tools',
    minor: true,
    isIn: ({ tools = [] }) => tools.some(({ strict }) => strict === true),
    without: ({ tools = [], ...request }) => ({ ...request, tools: tools.map(({ strict: _, ...tool }) => tool) }),
  },
  {
    option: 'the reasoning of earlier answers',
    minor: true,
    isIn: ({ messages }) => messages.some(isReasoned),
    without: (request) => mapMessages(request, withoutReasoning),
  },
  {
    option: 'the refusals of earlier answers',
    minor: true,
    isIn: ({ messages }) => messages.some((message) => message.role === 'assistant' && Boolean(message.refusal)),
    without: (request) =>
      mapMessages(request, (message) => {
        if (message.role !== 'assistant') return message
        const { refusal: _, ...rest } = message
        return rest
      }),
  },
  // daprd takes zero for "not set": the model's own default holds then.
  {
    option: 'temperature 0',
    minor: true,
    isIn: ({ temperature }) => temperature === 0,
    without: omit('temperature'),
  },
]

function mapMessages(request: ConversationRequest, map: (message: Message) => Message): ConversationRequest {
  return { ...request, messages: request.messages.map(map) }
}

function withoutParts(message: Message, isGone: (part: ContentPart) => boolean): Message {
  return { ...message, content: message.content.filter((part) => !isGone(part)) }
}

function isReasoned(message: Message): boolean {
  if (message.role !== 'assistant') return false
  const { reasoning, reasoningSignature, toolCalls } = message
  return Boolean(reasoning || reasoningSignature) || toolCalls.some(({ signature }) => signature)
}

function withoutReasoning(message: Message): Message {
  if (message.role !== 'assistant') return message
  const { reasoning: _, reasoningSignature: __, ...rest } = message
  return { ...rest, toolCalls: rest.toolCalls.map(({ signature: ___, ...call }) => call) }
}
