/** `conversation.aws.bedrock`: the models of Amazon Bedrock, through its Converse API, signed with SigV4. */

import type { SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { ConversationRequest, JsonObject, JsonValue, Message, ToolDefinition } from '@dapr-chat/protocol'
import { asFields } from '@dapr-chat/protocol/openai'
import { writeCall } from '../ai-sdk/call-options.ts'
import { converseThrough, type Vendor, type WrittenRequest } from '../ai-sdk/converse.ts'
import { readServiceTier } from '../ai-sdk/foreign-parameters.ts'
import { defineProvider, type ProviderContext } from '../provider.ts'
import { clockLimits } from '../upstream/clock-settings.ts'
import { Connections } from '../upstream/connections.ts'
import { awsKeys } from './credentials.ts'
import { FrameScreen } from './frame-screen.ts'
import { bedrockPlace } from './place.ts'
import { bedrockSettings } from './settings.ts'

/** What Dapr's component asks where none is named. */
const DEFAULT_MODEL = 'amazon.titan-text-lite-v1'

/** Members of a Converse request itself; every other parameter is the model's own. */
const converseMembers = new Set(['guardrailConfig', 'performanceConfig', 'promptVariables', 'requestMetadata'])

export const bedrock = defineProvider({
  type: 'conversation.aws.bedrock',
  description: 'The models of Amazon Bedrock, through the Converse API.',
  settings: bedrockSettings,
  accepts: ['image', 'file'],
  create(settings, context) {
    const { environment, warn } = context
    const { base, region } = bedrockPlace(settings, environment)
    const keys = awsKeys(settings, region, context)
    const connections = new Connections(base.origin)
    const vendor: Vendor = {
      connections,
      limits: clockLimits(settings),
      model: settings.model ?? DEFAULT_MODEL,
      async open(name, fetch) {
        const { accessKeyId, secretAccessKey, sessionToken } = await keys()
        const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock')
        return createAmazonBedrock({
          baseURL: base.origin + base.path,
          region,
          accessKeyId,
          secretAccessKey,
          ...(sessionToken !== undefined && { sessionToken }),
          // Empty, and not absent: otherwise a bearer token in the environment would win over the credentials.
          apiKey: '',
          fetch,
        })(name)
      },
      write: (request, name) => writeRequest(request, name, warn),
      warn,
      screen: () => new FrameScreen(),
      isForeign,
    }
    return {
      ...(settings.model !== undefined && { model: settings.model }),
      converse: converseThrough(vendor),
      close: () => connections.close(),
    }
  },
})

/** Converse's words for OpenAI's service tiers. */
const tiers = { default: 'default', flex: 'flex', priority: 'priority', reserved: 'reserved' }

function writeRequest(request: ConversationRequest, model: string, warn: ProviderContext['warn']): WrittenRequest {
  const tools = toolsOf(request)
  const isClaude = model.includes('anthropic.claude')
  const { options, rest, translated } = writeCall(
    { ...request, ...(tools.length > 0 && { tools }) },
    {
      vendor: 'amazonBedrock',
      sealed: 'thinking',
      json: false,
      maxTemperature: 1,
      labels: true,
      translates: ['service_tier', ...(isClaude ? ['parallel_tool_calls'] : [])],
      warn,
    },
  )
  const { topK, ...settings } = options
  const members = Object.entries(rest)
  const fields: JsonObject = {
    ...(topK !== undefined && writeTopK(topK, model)),
    ...Object.fromEntries(members.filter(([name]) => !converseMembers.has(name))),
  }
  const serviceTier = readServiceTier(translated.service_tier, tiers, warn)
  const values: Record<string, JsonValue> = {
    ...(serviceTier !== undefined && { serviceTier }),
    ...Object.fromEntries(members.filter(([name]) => converseMembers.has(name))),
    ...(request.metadata && Object.keys(request.metadata).length > 0 && { requestMetadata: request.metadata }),
    ...(Object.keys(fields).length > 0 && { additionalModelRequestFields: fields }),
  }
  const providerOptions = {
    amazonBedrock: values,
    ...(translated.parallel_tool_calls === false && { anthropic: { disableParallelToolUse: true } }),
  } as SharedV4ProviderOptions
  // The body is signed, so nothing can be added to what the package writes.
  return { options: { ...settings, providerOptions }, body: {} }
}

/** Converse has no such setting; the models that have one want it among their own. */
function writeTopK(topK: number, model: string): JsonObject {
  return model.includes('amazon.nova') ? { inferenceConfig: { topK } } : { top_k: topK }
}

/**
 * The tools of a request. Bedrock refuses earlier calls of tools that are not declared, and the package would leave
 * them out with all their results, so those of the conversation are declared where the request declares none.
 */
function toolsOf({ tools = [], messages }: ConversationRequest): readonly ToolDefinition[] {
  if (tools.length > 0) return tools
  return [...new Set(messages.flatMap(toolNamesOf))].map((name) => ({ name }))
}

function toolNamesOf(message: Message): string[] {
  return message.role === 'assistant' ? message.toolCalls.map((call) => call.name) : []
}

/** Some models stream what their tools on AWS's side answered. That, like the metadata, is nothing of the answer. */
function isForeign(event: unknown): boolean {
  const { contentBlockDelta, contentBlockStart, messageStop } = asFields(event) ?? {}
  if (messageStop !== undefined) return false
  const delta = asFields(asFields(contentBlockDelta)?.delta) ?? {}
  const start = asFields(asFields(contentBlockStart)?.start) ?? {}
  return !['text', 'toolUse', 'reasoningContent'].some((name) => name in delta || name in start)
}
