/** `conversation.deepseek`: DeepSeek's own API. */
import type { ConversationRequest } from '@dapr-chat/protocol'
import { createChatProvider } from '../chat/chat-provider.ts'
import { bearerEndpoint } from '../chat/endpoint.ts'
import { limitAsMaxTokens } from '../chat/limit-as-max-tokens.ts'
import { schemaAsInstruction } from '../chat/schema-as-instruction.ts'
import { defineProvider } from '../provider.ts'
import { clockLimits } from '../upstream/clock-settings.ts'
import { deepseekSettings } from './settings.ts'

export const deepseek = defineProvider({
  type: 'conversation.deepseek',
  description: 'DeepSeek.',
  settings: deepseekSettings,
  accepts: [],
  create(settings) {
    const { endpoint, key, model, maxTokens } = settings
    // DeepSeek wants the thinking back that led to tool calls, and refuses requests that carry any other.
    const dialect = { reasoning: 'with-tool-calls' } as const
    const adapt = (request: ConversationRequest) => schemaAsInstruction(withLimit(limitAsMaxTokens(request), maxTokens))
    return createChatProvider(bearerEndpoint({ endpoint, key, model, dialect }), clockLimits(settings), adapt)
  },
})

function withLimit(request: ConversationRequest, maxTokens: number | undefined): ConversationRequest {
  return maxTokens === undefined || request.maxTokens !== undefined ? request : { ...request, maxTokens }
}
