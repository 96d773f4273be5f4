/** `conversation.openai`: OpenAI itself, Azure, and every server that speaks OpenAI's chat wire. */
import { createChatProvider } from '../chat/chat-provider.ts'
import { defineProvider } from '../provider.ts'
import { clockLimits } from '../upstream/clock-settings.ts'
import { openaiEndpoint } from './endpoint.ts'
import { openaiSettings } from './settings.ts'

export const openai = defineProvider({
  type: 'conversation.openai',
  description: 'OpenAI, Azure OpenAI, or any server that speaks the OpenAI chat wire.',
  settings: openaiSettings,
  create: (settings, { environment }) =>
    createChatProvider(openaiEndpoint(settings, environment), clockLimits(settings)),
})
