/** `conversation.anthropic`: Claude, at Anthropic itself or on Azure AI Foundry. */
import type { ConversationRequest, JsonObject } from '@dapr-chat/protocol'
import { writeCall } from '../ai-sdk/call-options.ts'
import { converseThrough, type Vendor } from '../ai-sdk/converse.ts'
import { EventStreamScreen } from '../ai-sdk/event-stream-screen.ts'
import { headerSafe } from '../chat/endpoint.ts'
import { defineProvider } from '../provider.ts'
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
  create(settings) {
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
      write: (request) => writeRequest(request, maxTokens),
      screen: () => new EventStreamScreen(new AnthropicDialect()),
    }
    return { model, converse: converseThrough(vendor), close: () => connections.close() }
  },
})

function writeRequest(request: ConversationRequest, maxTokens: number): ReturnType<Vendor['write']> {
  const { options, rest } = writeCall(request, { vendor: 'anthropic', sealed: 'thinking', json: false })
  const { parallel_tool_calls, user, ...body } = rest
  const userId = request.metadata?.user_id ?? (typeof user === 'string' ? user : undefined)
  const retention = request.promptCacheRetentionMs
  const values: JsonObject = {
    ...(parallel_tool_calls === false && { disableParallelToolUse: true }),
    ...(userId !== undefined && { metadata: { userId } }),
    // Anthropic keeps a prompt for five minutes or for an hour.
    ...(retention !== undefined && { cacheControl: { type: 'ephemeral', ttl: retention < HOUR_MS ? '5m' : '1h' } }),
  }
  return {
    options: { maxOutputTokens: maxTokens, ...options, providerOptions: { anthropic: { ...values } } },
    body,
  }
}
