/** `conversation.mistral`: Mistral's own API, which is OpenAI's wire but for a few words. */
import type { ConversationRequest } from '@dapr-chat/protocol'
import { createChatProvider } from '../chat/chat-provider.ts'
import { bearerEndpoint } from '../chat/endpoint.ts'
import { leftOut, tellOfNames } from '../left-out.ts'
import { defineProvider } from '../provider.ts'
import { clockLimits } from '../upstream/clock-settings.ts'
import { writeMistralBody } from './request-body.ts'
import { mistralSettings } from './settings.ts'

export const mistral = defineProvider({
  type: 'conversation.mistral',
  description: 'Mistral.',
  settings: mistralSettings,
  accepts: ['image', 'audio', 'file'],
  create({ endpoint, key, model, ...settings }, { warn }) {
    const chat = bearerEndpoint({ endpoint, key, model, dialect: { fileAddresses: true } })
    const tell = (request: ConversationRequest) => {
      tellOfNames(request.messages, warn)
      const asked = request.promptCacheRetentionMs ?? request.parameters?.prompt_cache_retention ?? undefined
      if (asked !== undefined) leftOut('prompt_cache_retention', warn)
      return request
    }
    return createChatProvider({ ...chat, rewrite: writeMistralBody }, clockLimits(settings), tell)
  },
})
