/** Where an OpenAI-compatible API stands and how it is told who asks. */
import type { SettingsOf } from '../provider.ts'
import type { openaiSettings } from './settings.ts'

/** The API itself, as opposed to the many servers that speak its wire. */
const OPENAI_ENDPOINT = 'https://api.openai.com/v1'

/** Everything about an API that settings decide. */
export interface ChatEndpoint {
  /** Scheme, host and port. */
  readonly origin: string
  /** Path and query of a chat completion. */
  path(model: string): string
  readonly headers: Readonly<Record<string, string>>
  /** The key that the headers carry, so that it can be kept out of errors. */
  readonly key: string
  readonly model: string
  /** Whether the server is OpenAI's own or Azure's, and so takes the role `developer`. */
  readonly openai: boolean
}

/**
 * Reads the endpoint from the component's settings. Requests have no say in it, so a key never goes anywhere else.
 * @throws Error where the endpoint is no address, the key fits in no header, or Azure lacks what it needs.
 */
export function chatEndpoint(
  settings: SettingsOf<typeof openaiSettings>,
  environment: Readonly<Record<string, string | undefined>>,
): ChatEndpoint {
  // Otherwise every call would fail, as if the provider could not be reached.
  if (/[^\x20-\x7e]/.test(settings.key)) {
    throw new Error('metadata "key" must be of visible ASCII characters: current value has others, perhaps a line end')
  }
  if (settings.apiType.toLowerCase() === 'azure') return azureEndpoint(settings, environment)
  const base = parseBase(settings.endpoint ?? OPENAI_ENDPOINT)
  return {
    origin: base.origin,
    path: () => `${base.path}/chat/completions`,
    headers: { authorization: `Bearer ${settings.key}` },
    key: settings.key,
    model: environment.OPENAI_MODEL || settings.model || 'gpt-5-nano',
    openai: settings.endpoint === undefined,
  }
}

function azureEndpoint(
  settings: SettingsOf<typeof openaiSettings>,
  environment: Readonly<Record<string, string | undefined>>,
): ChatEndpoint {
  const { endpoint, apiVersion, key } = settings
  if (endpoint === undefined || apiVersion === undefined) {
    throw new Error("endpoint and apiVersion must be provided when apiType is set to 'azure'")
  }
  const base = parseBase(endpoint)
  return {
    origin: base.origin,
    path: (model) =>
      `${base.path}/openai/deployments/${encodeURIComponent(model)}/chat/completions?api-version=${encodeURIComponent(apiVersion)}`,
    headers: { 'api-key': key },
    key,
    model: environment.AZURE_OPENAI_MODEL || settings.model || 'gpt-4.1-nano',
    openai: true,
  }
}

function parseBase(endpoint: string): { origin: string; path: string } {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new Error(
      `metadata "endpoint" must be an http or https address: current value is ${JSON.stringify(endpoint)}`,
    )
  }
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') }
}
