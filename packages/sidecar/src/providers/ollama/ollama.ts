/** `conversation.ollama`: models on one's own machine, through the OpenAI-compatible side of Ollama. */
import { ConversationError, type ConversationRequest, type Message } from '@dapr-chat/protocol'
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
  checkImages(request.messages)
  const limited = limitAsMaxTokens(request)
  if (limited.toolChoice !== 'none') return limited
  // Ollama passes over `tool_choice` (ollama/ollama#17921); a model that is told of no tools calls none.
  const { tools: _, toolChoice: __, ...rest } = limited
  return rest
}

/** Ollama fetches nothing, and refuses an address where it looks at it at all. */
function checkImages(messages: readonly Message[]): void {
  for (const { content } of messages) {
    for (const part of content) {
      if (part.type !== 'image' || !('url' in part.source) || /^data:/i.test(part.source.url)) continue
      throw new ConversationError(
        'invalid_params',
        'invalid params: an image must come as bytes or as a data URL: the provider fetches no addresses',
      )
    }
  }
}
