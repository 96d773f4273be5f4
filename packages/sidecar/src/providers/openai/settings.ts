import { historySettings } from '../history-settings.ts'
import type { SettingsDeclaration } from '../provider.ts'
import { cacheSettings } from '../upstream/cache-settings.ts'
import { clockSettings } from '../upstream/clock-settings.ts'
import { traceSettings } from '../upstream/trace-settings.ts'

/** What a `conversation.openai` component takes, by the names and defaults of Dapr's own component. */
export const openaiSettings = {
  key: {
    type: 'string',
    required: true,
    sensitive: true,
    aliases: ['apiKey'],
    description:
      'The API key. A local server that checks none still needs some text here. The environment variable OPENAI_ORGANIZATION, where set, goes along with it.',
  },
  model: {
    type: 'string',
    description:
      'The model to ask; for Azure the name of the deployment. Default: gpt-5-nano, for Azure gpt-4.1-nano. The environment variable OPENAI_MODEL (AZURE_OPENAI_MODEL) wins over it.',
  },
  endpoint: {
    type: 'string',
    description:
      'The address of an API that speaks the OpenAI wire, up to but without /chat/completions. Needed for Azure. Default: the environment variable OPENAI_BASE_URL or OPENAI_API_BASE, or the OpenAI API itself.',
  },
  apiType: {
    type: 'string',
    default: 'open_ai',
    description: '`azure` for Azure OpenAI; anything else is the OpenAI API.',
  },
  apiVersion: {
    type: 'string',
    description: 'The version of the Azure OpenAI API, such as 2025-01-01-preview. Needed for Azure.',
  },
  ...cacheSettings,
  ...historySettings,
  ...clockSettings,
  ...traceSettings,
} as const satisfies SettingsDeclaration
