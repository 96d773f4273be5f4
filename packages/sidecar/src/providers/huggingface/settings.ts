import { historySettings } from '../history-settings.ts'
import type { SettingsDeclaration } from '../provider.ts'
import { cacheSettings } from '../upstream/cache-settings.ts'
import { clockSettings } from '../upstream/clock-settings.ts'
import { traceSettings } from '../upstream/trace-settings.ts'

/** What a `conversation.huggingface` component takes, by the names and defaults of Dapr's own component. */
export const huggingfaceSettings = {
  key: { type: 'string', required: true, sensitive: true, aliases: ['apiKey'], description: 'The access token.' },
  model: {
    type: 'string',
    default: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B',
    environment: 'HUGGINGFACE_MODEL',
    description: 'The model to ask.',
  },
  endpoint: {
    type: 'string',
    default: 'https://router.huggingface.co/hf-inference/models/{MODEL}/v1',
    description:
      'The address of the API, up to but without /chat/completions; `{MODEL}` stands for the name of the model.',
  },
  ...cacheSettings,
  ...historySettings,
  ...clockSettings,
  ...traceSettings,
} as const satisfies SettingsDeclaration
