import { historySettings } from '../history-settings.ts'
import type { SettingsDeclaration } from '../provider.ts'
import { cacheSettings } from '../upstream/cache-settings.ts'
import { clockSettings } from '../upstream/clock-settings.ts'
import { traceSettings } from '../upstream/trace-settings.ts'

/** What a `conversation.deepseek` component takes, by the names and defaults of Dapr's own component. */
export const deepseekSettings = {
  key: { type: 'string', required: true, sensitive: true, aliases: ['apiKey'], description: 'The API key.' },
  model: { type: 'string', default: 'deepseek-chat', description: 'The model to ask.' },
  endpoint: {
    type: 'string',
    default: 'https://api.deepseek.com',
    description: 'The address of the API, up to but without /chat/completions.',
  },
  maxTokens: {
    type: 'integer',
    description: 'The most tokens that an answer may have where the caller sets no limit.',
  },
  ...cacheSettings,
  ...historySettings,
  ...clockSettings,
  ...traceSettings,
} as const satisfies SettingsDeclaration
