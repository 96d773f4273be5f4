/** `conversation.ollama`: models on one's own machine, through the OpenAI-compatible side of Ollama. */
import type { ConversationRequest } from '@dapr-chat/protocol'
import { createChatProvider } from '../chat/chat-provider.ts'
import { bearerEndpoint } from '../chat/endpoint.ts'
import { limitAsMaxTokens } from '../chat/limit-as-max-tokens.ts'
import { defineProvider } from '../provider.ts'
import { clockLimits } from '../upstream/clock-settings.ts'
import { ollamaSettings } from './settings.ts'

export const ollama = defineProvider({
  type: 'conversation.ollama',
  description: 'Models on a server of Ollama.',
  settings: ollamaSettings,
  accepts: ['image'],
  create: (settings) => createChatProvider(bearerEndpoint(settings), clockLimits(settings), adapt),
})

function adapt(request: ConversationRequest): ConversationRequest {
  const limited = limitAsMaxTokens(request)
  if (limited.toolChoice !== 'none') return limited
  // Ollama passes over `tool_choice` (ollama/ollama#17921); a model that is told of no tools calls none.
  const { tools: _, toolChoice: __, ...rest } = limited
  return rest
}
