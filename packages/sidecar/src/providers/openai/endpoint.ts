import { bearerEndpoint, type ChatEndpoint, headerSafe } from '../chat/endpoint.ts'
import type { SettingsOf } from '../provider.ts'
import { parseBaseAddress } from '../upstream/base-address.ts'
import type { openaiSettings } from './settings.ts'

/** The API itself, as opposed to the many servers that speak its wire. */
const OPENAI_ENDPOINT = 'https://api.openai.com/v1'

/**
 * Reads the endpoint from the component's settings. Requests have no say in it, so a key never goes anywhere else.
 * @throws Error where the endpoint is no address, the key or the organization fits in no header, or Azure lacks what it needs.
 */
export function openaiEndpoint(
  settings: SettingsOf<typeof openaiSettings>,
  environment: Readonly<Record<string, string | undefined>>,
): ChatEndpoint {
  if (settings.apiType.toLowerCase() === 'azure') return azureEndpoint(settings, environment)
  // As in daprd, whose library reads these variables.
  const elsewhere = settings.endpoint ?? (environment.OPENAI_BASE_URL || environment.OPENAI_API_BASE || undefined)
  const organization = environment.OPENAI_ORGANIZATION
  const chat = bearerEndpoint({
    endpoint: elsewhere ?? OPENAI_ENDPOINT,
    key: settings.key,
    model: environment.OPENAI_MODEL || settings.model || 'gpt-5-nano',
    // OpenRouter and Google's OpenAI endpoint want back what they signed; other servers sign nothing.
    dialect: elsewhere === undefined ? { openai: true } : { reasoning: 'signed' },
  })
  if (!organization) return chat
  if (/[^\x20-\x7e]/.test(organization)) {
    throw new Error('the environment variable OPENAI_ORGANIZATION must be of visible ASCII characters')
  }
  return { ...chat, headers: { ...chat.headers, 'openai-organization': organization } }
}

function azureEndpoint(
  settings: SettingsOf<typeof openaiSettings>,
  environment: Readonly<Record<string, string | undefined>>,
): ChatEndpoint {
  const { endpoint, apiVersion, key } = settings
  if (endpoint === undefined || apiVersion === undefined) {
    throw new Error("endpoint and apiVersion must be provided when apiType is set to 'azure'")
  }
  const base = parseBaseAddress(endpoint)
  return {
    origin: base.origin,
    path: (model) =>
      `${base.path}/openai/deployments/${encodeURIComponent(model)}/chat/completions?api-version=${encodeURIComponent(apiVersion)}`,
    headers: { 'api-key': headerSafe(key) },
    model: environment.AZURE_OPENAI_MODEL || settings.model || 'gpt-4.1-nano',
    dialect: { openai: true },
  }
}
