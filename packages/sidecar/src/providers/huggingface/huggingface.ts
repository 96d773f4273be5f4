/** `conversation.huggingface`: Hugging Face's inference API, and text-generation-inference on one's own machines. */
import { createChatProvider } from '../chat/chat-provider.ts'
import { bearerEndpoint, type ChatEndpoint } from '../chat/endpoint.ts'
import { limitAsMaxTokens } from '../chat/limit-as-max-tokens.ts'
import { defineProvider } from '../provider.ts'
import { clockLimits } from '../upstream/clock-settings.ts'
import { huggingfaceSettings } from './settings.ts'

/** Stands for the model in an endpoint. Without braces, because an address would escape them. */
const PLACEHOLDER = 'MODEL-PLACEHOLDER'

export const huggingface = defineProvider({
  type: 'conversation.huggingface',
  description: 'Models on Hugging Face, or on a server of its inference software.',
  settings: huggingfaceSettings,
  accepts: ['image'],
  create: (settings) => createChatProvider(endpointOf(settings), clockLimits(settings), limitAsMaxTokens),
})

/** The model's name is a part of the path, slash and all, so each model has a path of its own. */
function endpointOf({ endpoint, key, model }: { endpoint: string; key: string; model: string }): ChatEndpoint {
  const template = bearerEndpoint({ endpoint: endpoint.replace(/\{model\}/i, PLACEHOLDER), key, model })
  const inPath = (name: string) => name.split('/').map(encodeURIComponent).join('/')
  return { ...template, path: (name) => template.path(name).replace(PLACEHOLDER, () => inPath(name)) }
}
