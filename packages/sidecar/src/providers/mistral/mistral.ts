/** `conversation.mistral`: Mistral's own API, which is OpenAI's wire but for a few words. */
import { createChatProvider } from '../chat/chat-provider.ts'
import { bearerEndpoint } from '../chat/endpoint.ts'
import { defineProvider } from '../provider.ts'
import { clockLimits } from '../upstream/clock-settings.ts'
import { writeMistralBody } from './request-body.ts'
import { mistralSettings } from './settings.ts'

export const mistral = defineProvider({
  type: 'conversation.mistral',
  description: 'Mistral.',
  settings: mistralSettings,
  accepts: ['image', 'audio', 'file'],
  create({ endpoint, key, model, ...settings }) {
    const chat = bearerEndpoint({ endpoint, key, model, dialect: { fileAddresses: true } })
    return createChatProvider({ ...chat, rewrite: writeMistralBody }, clockLimits(settings))
  },
})
