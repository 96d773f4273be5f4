/** `conversation.googleai`: Gemini, through its native API. */
import type { ConversationRequest } from '@dapr-chat/protocol'
import { asFields } from '@dapr-chat/protocol/openai'
import { writeCall } from '../ai-sdk/call-options.ts'
import { converseThrough, type Vendor, type WrittenRequest } from '../ai-sdk/converse.ts'
import { EventStreamScreen } from '../ai-sdk/event-stream-screen.ts'
import { notSupported } from '../ai-sdk/failure.ts'
import { readServiceTier } from '../ai-sdk/foreign-parameters.ts'
import { headerSafe } from '../chat/endpoint.ts'
import { defineProvider, type ProviderContext } from '../provider.ts'
import { parseBaseAddress } from '../upstream/base-address.ts'
import { clockLimits } from '../upstream/clock-settings.ts'
import { Connections } from '../upstream/connections.ts'
import { GeminiDialect } from './dialect.ts'
import { googleaiSettings } from './settings.ts'

export const googleai = defineProvider({
  type: 'conversation.googleai',
  description: 'Gemini, through the Gemini API.',
  settings: googleaiSettings,
  accepts: ['image', 'audio', 'file'],
  create(settings, { warn }) {
    const { model, endpoint } = settings
    const apiKey = headerSafe(settings.key)
    const base = parseBaseAddress(endpoint)
    const connections = new Connections(base.origin)
    const vendor: Vendor = {
      connections,
      limits: clockLimits(settings),
      model,
      async open(name, fetch) {
        const { createGoogle } = await import('@ai-sdk/google')
        return createGoogle({ baseURL: base.origin + base.path, apiKey, fetch })(name)
      },
      write: (request, name) => writeRequest(request, name, warn),
      warn,
      screen: () => new EventStreamScreen(new GeminiDialect()),
    }
    return { model, converse: converseThrough(vendor), close: () => connections.close() }
  },
})

/** Gemini's words for OpenAI's service tiers. */
const tiers = { default: 'standard', standard: 'standard', flex: 'flex', priority: 'priority' }

function writeRequest(request: ConversationRequest, model: string, warn: ProviderContext['warn']): WrittenRequest {
  // The name goes into the path as it is, and must not lead out of it.
  if (!/^[\w.:@/-]+$/.test(model) || model.includes('..')) throw notSupported('a model of this name')
  const { options, rest, translated } = writeCall(request, {
    vendor: 'google',
    sealed: 'text',
    json: true,
    maxTemperature: 2,
    labels: false,
    translates: ['service_tier'],
    warn,
  })
  const candidates = asFields(rest.generationConfig)?.candidateCount ?? 1
  if (candidates !== 1) throw notSupported('more than one choice')
  const serviceTier = readServiceTier(translated.service_tier, tiers, warn)
  return { options, body: { ...rest, ...(serviceTier !== undefined && { serviceTier }) } }
}
