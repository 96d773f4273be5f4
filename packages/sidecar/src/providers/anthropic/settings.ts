import { historySettings } from '../history-settings.ts'
import type { SettingsDeclaration } from '../provider.ts'
import { cacheSettings } from '../upstream/cache-settings.ts'
import { clockSettings } from '../upstream/clock-settings.ts'
import { traceSettings } from '../upstream/trace-settings.ts'

/** What a `conversation.anthropic` component takes, by the names and defaults of Dapr's own component. */
export const anthropicSettings = {
  key: {
    type: 'string',
    required: true,
    sensitive: true,
    aliases: ['apiKey'],
    description: 'The API key of Anthropic, or of the Foundry resource.',
  },
  model: {
    type: 'string',
    default: 'claude-sonnet-4-20250514',
    environment: 'ANTHROPIC_MODEL',
    description:
      'The model to ask; for Foundry the name of the deployment. The environment variable ANTHROPIC_MODEL wins over it.',
  },
  endpoint: {
    type: 'string',
    description:
      'The address of the API, up to but without /messages; for Foundry such as https://RESOURCE.services.ai.azure.com/anthropic/v1. Default: https://api.anthropic.com/v1.',
  },
  apiType: {
    type: 'string',
    default: 'anthropic',
    description:
      '`foundry` for Claude on Azure AI Foundry, which needs an endpoint; anything else is the Anthropic API.',
  },
  maxTokens: {
    type: 'integer',
    default: 8_192,
    description:
      'The most tokens of an answer where the request does not say; Anthropic asks for a limit with every request. Models with a lower limit get theirs.',
  },
  ...cacheSettings,
  ...historySettings,
  ...clockSettings,
  ...traceSettings,
} as const satisfies SettingsDeclaration
