/** Where an API that speaks the OpenAI chat wire stands, and what is particular about it. */
import type { Fields, WriteChatRequestOptions } from '@dapr-chat/protocol/openai'
import { parseBaseAddress } from '../upstream/base-address.ts'

/** Everything about an API that a component's settings decide. */
export interface ChatEndpoint {
  /** Scheme, host and port. */
  readonly origin: string
  /** Path and query of a chat completion. */
  path(model: string): string
  readonly headers: Readonly<Record<string, string>>
  /** The model to ask where the caller names none. */
  readonly model: string
  /** How requests are written for this server. */
  readonly dialect: Omit<WriteChatRequestOptions, 'model' | 'stream'>
  /** What a server wants otherwise in a body that is written already. */
  rewrite?(body: Fields): Fields
}

/** What most servers need. */
export interface BearerEndpoint {
  /** The address up to but without `/chat/completions`. */
  readonly endpoint: string
  readonly key: string
  readonly model: string
  readonly dialect?: ChatEndpoint['dialect']
}

/**
 * An API that takes its key as a bearer token.
 * @throws Error where the endpoint is no address, or the key fits in no header.
 */
export function bearerEndpoint({ endpoint, key, model, dialect = {} }: BearerEndpoint): ChatEndpoint {
  const base = parseBaseAddress(endpoint)
  return {
    origin: base.origin,
    path: () => `${base.path}/chat/completions`,
    headers: { authorization: `Bearer ${headerSafe(key)}` },
    model,
    dialect,
  }
}

/**
 * The key, if it can stand in a header: otherwise every call would fail, as if the provider could not be reached.
 * @throws Error where it cannot.
 */
export function headerSafe(key: string): string {
  if (/[^\x20-\x7e]/.test(key)) {
    throw new Error('metadata "key" must be of visible ASCII characters: current value has others, perhaps a line end')
  }
  return key
}
