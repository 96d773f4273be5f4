/** What a provider of a vendor is asked, for tests of request bodies. */
import type { ConversationError } from '@dapr-chat/protocol'
import { asFields, asList, type Fields } from '@dapr-chat/protocol/openai'
import type { AnyProviderDefinition } from '../src/providers/provider.ts'
import {
  type CallOptions,
  callOf,
  outcomeOf,
  type ProviderWire,
  type ReceivedRequest,
  scriptedProvider,
  vendorProvider,
} from '../testing/index.ts'

/** The request that a call makes, and the error where it fails. */
export interface Asked {
  readonly error: ConversationError | undefined
  /** Absent where nothing was sent. */
  readonly request: ReceivedRequest | undefined
  /** The request's body; empty where nothing was sent. */
  readonly body: Fields
  /** The kinds of what the operator was told. */
  readonly warned: readonly string[]
}

/** Asks a provider of this kind that answers `ok`. */
export async function askedOf(
  definition: AnyProviderDefinition,
  wire: ProviderWire,
  metadata: Readonly<Record<string, string>>,
  call: CallOptions,
  environment: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const body = [
    ...wire.start(),
    wire.text('ok'),
    ...wire.finish({ reason: 'stop', promptTokens: 1, completionTokens: 1 }),
  ]
  await using upstream = await scriptedProvider({ headers: { 'content-type': wire.contentType }, body })
  const warned: string[] = []
  const given = { endpoint: upstream.url, ...metadata }
  await using provider = vendorProvider(definition, given, environment, (kind) => warned.push(kind))
  const { error } = await outcomeOf(provider.converse(callOf(call)))
  const [request] = upstream.requests
  return { error, request, body: asFields(request?.body) ?? {}, warned }
}

/** What stands under a path such as `messages.0.content`; `*` goes through all elements of a list. */
export function pick(value: unknown, path: string): unknown {
  const [name = '', ...rest] = path.split('.')
  const step = (found: unknown) => (rest.length > 0 ? pick(found, rest.join('.')) : found)
  if (name === '*') return asList(value).map(step)
  return step((value as Fields | undefined)?.[name])
}

/** A message's content that is one text. */
export const says = (text: string) => [{ type: 'text' as const, text }]

/** A conversation with a bit of everything that every vendor takes. */
export const conversation: CallOptions = {
  messages: [
    { role: 'system', content: says('Be brief.') },
    { role: 'user', content: says('Weather in Paris and the time?') },
    { role: 'developer', content: says('Be friendly.') },
    {
      role: 'assistant',
      content: says('Let me look.'),
      toolCalls: [
        { id: 'call_1', name: 'weather', arguments: '{"city":"Paris"}' },
        { id: '', name: 'now', arguments: '' },
      ],
    },
    { role: 'tool', toolCallId: 'call_1', name: '', content: [...says('sunny'), ...says('warm')] },
    { role: 'tool', toolCallId: '', name: '', content: says('noon') },
  ],
  tools: [
    {
      name: 'weather',
      description: 'Tells the weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
    },
    { name: 'now' },
  ],
}
