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
    // Models that think with tools want the thinking of turns with tool calls back, and refuse a request without it or
    // with an empty one. Of other turns the present models pass over it, and the first deepseek-reasoner, which had no
    // tools, refused it. https://api-docs.deepseek.com/guides/thinking_mode
    const dialect = { reasoning: 'with-tool-calls' } as const
    const adapt = (request: ConversationRequest) => schemaAsInstruction(withLimit(limitAsMaxTokens(request), maxTokens))
    return createChatProvider(bearerEndpoint({ endpoint, key, model, dialect }), clockLimits(settings), adapt)
  },
})

function withLimit(request: ConversationRequest, maxTokens: number | undefined): ConversationRequest {
  return maxTokens === undefined || request.maxTokens !== undefined ? request : { ...request, maxTokens }
}
