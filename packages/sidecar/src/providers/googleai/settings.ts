import { historySettings } from '../history-settings.ts'
import type { SettingsDeclaration } from '../provider.ts'
import { cacheSettings } from '../upstream/cache-settings.ts'
import { clockSettings } from '../upstream/clock-settings.ts'
import { traceSettings } from '../upstream/trace-settings.ts'

/** What a `conversation.googleai` component takes, by the names and defaults of Dapr's own component. */
export const googleaiSettings = {
  key: {
    type: 'string',
    required: true,
    sensitive: true,
    aliases: ['apiKey'],
    description: 'The API key of Google AI Studio.',
  },
  model: {
    type: 'string',
    default: 'gemini-2.5-flash-lite',
    environment: 'GOOGLEAI_MODEL',
    description: 'The model to ask. The environment variable GOOGLEAI_MODEL wins over it.',
  },
  endpoint: {
    type: 'string',
    default: 'https://generativelanguage.googleapis.com/v1beta',
    description:
      'The address of the Gemini API, up to but without /models. It is the native API, not the one that resembles OpenAI.',
  },
  ...cacheSettings,
  ...historySettings,
  ...clockSettings,
  ...traceSettings,
} as const satisfies SettingsDeclaration
