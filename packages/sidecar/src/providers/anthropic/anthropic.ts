/** `conversation.anthropic`: Claude, at Anthropic itself or on Azure AI Foundry. */
import type { ConversationRequest, JsonObject } from '@dapr-chat/protocol'
import { asText } from '@dapr-chat/protocol/openai'
import { writeCall } from '../ai-sdk/call-options.ts'
import { converseThrough, type Vendor, type WrittenRequest } from '../ai-sdk/converse.ts'
import { EventStreamScreen } from '../ai-sdk/event-stream-screen.ts'
import { readServiceTier } from '../ai-sdk/foreign-parameters.ts'
import { headerSafe } from '../chat/endpoint.ts'
import { leftOut } from '../left-out.ts'
import { defineProvider, type ProviderContext } from '../provider.ts'
import { parseBaseAddress } from '../upstream/base-address.ts'
import { clockLimits } from '../upstream/clock-settings.ts'
import { Connections } from '../upstream/connections.ts'
import { AnthropicDialect } from './dialect.ts'
import { anthropicSettings } from './settings.ts'

const ANTHROPIC_ENDPOINT = 'https://api.anthropic.com/v1'

const HOUR_MS = 3_600_000

export const anthropic = defineProvider({
  type: 'conversation.anthropic',
  description: 'Claude, at Anthropic or on Azure AI Foundry.',
  settings: anthropicSettings,
  accepts: ['image', 'file'],
  create(settings, { warn }) {
    const { model, endpoint, apiType, maxTokens } = settings
    const apiKey = headerSafe(settings.key)
    if (apiType.toLowerCase() === 'foundry' && endpoint === undefined) {
      throw new Error("endpoint must be provided when apiType is set to 'foundry'")
    }
    const base = parseBaseAddress(endpoint ?? ANTHROPIC_ENDPOINT)
    const connections = new Connections(base.origin)
    const vendor: Vendor = {
      connections,
      limits: clockLimits(settings),
      model,
      async open(name, fetch) {
        const { createAnthropic } = await import('@ai-sdk/anthropic')
        return createAnthropic({ baseURL: base.origin + base.path, apiKey, fetch })(name)
      },
      write: async (request, name) => {
        const { getModelCapabilities } = await import('@ai-sdk/anthropic/internal')
        const known = getModelCapabilities(name).isKnownModel
        return writeRequest(request, { maxTokens, known, warn })
      },
      warn,
      screen: () => new EventStreamScreen(new AnthropicDialect()),
    }
    return { model, converse: converseThrough(vendor), close: () => connections.close() }
  },
})

interface WriteOptions {
  /** The limit where the request sets none, in tokens. */
  readonly maxTokens: number
  /** Whether the package knows the model. */
  readonly known: boolean
  readonly warn: ProviderContext['warn']
}

/** Anthropic's words for OpenAI's service tiers. */
const tiers = { auto: 'auto', default: 'standard_only', standard_only: 'standard_only' }

function writeRequest(request: ConversationRequest, { maxTokens, known, warn }: WriteOptions): WrittenRequest {
  const { options, rest, translated } = writeCall(request, {
    vendor: 'anthropic',
    sealed: 'thinking',
    json: false,
    maxTemperature: 1,
    labels: true,
    translates: ['parallel_tool_calls', 'prompt_cache_retention', 'safety_identifier', 'service_tier', 'user'],
    warn,
  })
  const { user_id = asText(translated.user) ?? asText(translated.safety_identifier), ...labels } =
    request.metadata ?? {}
  if (Object.keys(labels).length > 0) leftOut('metadata', warn)
  const ttl = cacheTime(request, translated)
  const values: JsonObject = {
    ...(translated.parallel_tool_calls === false && { disableParallelToolUse: true }),
    ...(user_id !== undefined && { metadata: { userId: user_id } }),
    ...(ttl !== undefined && { cacheControl: { type: 'ephemeral', ttl } }),
  }
  const { temperature, topP, topK, ...settings } = options
  const sampling = { temperature, topP, topK }
  const service_tier = readServiceTier(translated.service_tier, tiers, warn)
  return {
    options: {
      maxOutputTokens: maxTokens,
      ...settings,
      // Of a model that it does not know the package takes it that it has no such settings, and leaves them out.
      ...(known && sampling),
      providerOptions: { anthropic: { ...values } },
    },
    body: {
      ...(!known && withoutAbsent({ temperature, top_p: topP, top_k: topK })),
      ...(service_tier !== undefined && { service_tier }),
      ...rest,
    },
  }
}

/** Anthropic keeps a prompt for five minutes or for an hour. OpenAI's parameter is `24h` or `in_memory`. */
function cacheTime({ promptCacheRetentionMs: ms }: ConversationRequest, translated: JsonObject): string | undefined {
  const { prompt_cache_retention: retention } = translated
  if (ms !== undefined) return ms < HOUR_MS ? '5m' : '1h'
  if (retention === undefined || retention === null) return undefined
  return retention === '24h' ? '1h' : '5m'
}

function withoutAbsent(values: Readonly<Record<string, number | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
