import { historySettings } from '../history-settings.ts'
import type { SettingsDeclaration } from '../provider.ts'
import { cacheSettings } from '../upstream/cache-settings.ts'
import { clockSettings } from '../upstream/clock-settings.ts'
import { traceSettings } from '../upstream/trace-settings.ts'

/** What a `conversation.mistral` component takes, by the names and defaults of Dapr's own component. */
export const mistralSettings = {
  key: { type: 'string', required: true, sensitive: true, aliases: ['apiKey'], description: 'The API key.' },
  model: {
    type: 'string',
    default: 'open-mistral-7b',
    environment: 'MISTRAL_MODEL',
    description: 'The model to ask. The environment variable MISTRAL_MODEL wins over it.',
  },
  endpoint: {
    type: 'string',
    default: 'https://api.mistral.ai/v1',
    description: 'The address of the API, up to but without /chat/completions.',
  },
  ...cacheSettings,
  ...historySettings,
  ...clockSettings,
  ...traceSettings,
} as const satisfies SettingsDeclaration
