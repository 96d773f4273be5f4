import { historySettings } from '../history-settings.ts'
import type { SettingsDeclaration } from '../provider.ts'
import { cacheSettings } from '../upstream/cache-settings.ts'
import { clockSettings } from '../upstream/clock-settings.ts'
import { traceSettings } from '../upstream/trace-settings.ts'

/** What a `conversation.ollama` component takes, by the names and defaults of Dapr's own component. */
export const ollamaSettings = {
  key: {
    type: 'string',
    default: 'ollama',
    sensitive: true,
    aliases: ['apiKey'],
    description: 'An API key, for a server behind a proxy that asks for one.',
  },
  model: {
    type: 'string',
    default: 'llama3.2:latest',
    environment: 'OLLAMA_MODEL',
    description: 'The model to ask.',
  },
  endpoint: {
    type: 'string',
    default: 'http://localhost:11434/v1',
    description: 'The address of the server, with /v1 at its end.',
  },
  ...cacheSettings,
  ...historySettings,
  ...clockSettings,
  ...traceSettings,
} as const satisfies SettingsDeclaration
