/**
 * What somebody prepares in the playground, and the request that it makes. Plain data: it is kept in the address, so that a
 * link shows the same playground to somebody else.
 */
import type { ChatBody } from '../api/chat.ts'

/** One message of the conversation. */
export interface DraftMessage {
  readonly role: 'user' | 'assistant' | 'tool'
  readonly text: string
  /** Addresses, `https:` or `data:`. */
  readonly images: readonly string[]
  /** What an assistant wants called. */
  readonly calls?: readonly DraftToolCall[]
  /** The id of the call that the text of a tool answers. */
  readonly callId?: string
}

/** One call of a tool, as the model wrote it. */
export interface DraftToolCall {
  readonly id: string
  readonly name: string
  /** JSON, when the model writes what it should. */
  readonly arguments: string
}

/** Everything that can be filled in. Texts are kept as they are typed; `problemsOf` says what is wrong with them. */
export interface Draft {
  /** The components that are asked: one, or two side by side. Each may be followed by a slash and a model. */
  readonly models: readonly string[]
  readonly system: string
  readonly messages: readonly DraftMessage[]
  readonly temperature: string
  readonly maxTokens: string
  readonly topP: string
  /** A JSON object with further parameters. */
  readonly parameters: string
  /** A JSON array of OpenAI's tools. */
  readonly tools: string
  /** A JSON Schema that the answer must have. */
  readonly schema: string
}

export const emptyDraft: Draft = {
  models: [''],
  system: '',
  messages: [{ role: 'user', text: '', images: [] }],
  temperature: '',
  maxTokens: '',
  topP: '',
  parameters: '',
  tools: '',
  schema: '',
}

/** What is wrong with a draft, by the field that it is wrong with. */
export type DraftProblems = Partial<Record<keyof Draft, string>>

/** What must be changed before the draft can be sent; empty where nothing must. */
export function problemsOf(draft: Draft): DraftProblems {
  const problems: { -readonly [Key in keyof DraftProblems]: string } = {}
  if (draft.models.some((model) => model === '')) problems.models = 'Choose a component.'
  if (draft.messages.every(isEmpty)) problems.messages = 'Write a message.'
  for (const field of ['temperature', 'maxTokens', 'topP'] as const) {
    if (draft[field] !== '' && !Number.isFinite(Number(draft[field]))) problems[field] = 'This must be a number.'
  }
  if (draft.parameters !== '' && !isObject(parse(draft.parameters))) problems.parameters = 'This must be a JSON object.'
  if (draft.tools !== '' && !Array.isArray(parse(draft.tools))) problems.tools = 'This must be a JSON array of tools.'
  if (draft.schema !== '' && !isObject(parse(draft.schema))) problems.schema = 'This must be a JSON Schema, an object.'
  return problems
}

/** The request of a draft that has no problems, to one of its components. */
export function bodyOf(draft: Draft, model: string): ChatBody {
  const { system, temperature, maxTokens, topP, parameters, tools, schema } = draft
  const format = { type: 'json_schema', json_schema: { name: 'answer', schema: parse(schema), strict: true } }
  return {
    model,
    messages: [
      ...(system === '' ? [] : [{ role: 'system', content: system }]),
      ...draft.messages.filter((message) => !isEmpty(message)).map(toMessage),
    ],
    ...(temperature !== '' && { temperature: Number(temperature) }),
    ...(maxTokens !== '' && { max_tokens: Number(maxTokens) }),
    ...(topP !== '' && { top_p: Number(topP) }),
    ...(tools !== '' && { tools: parse(tools) }),
    ...(schema !== '' && { response_format: format }),
    ...(parameters !== '' && (parse(parameters) as object)),
  }
}

/** A tool may have nothing to say, and that is what it says. */
function isEmpty({ role, text, images, calls = [] }: DraftMessage): boolean {
  return role !== 'tool' && text === '' && images.length === 0 && calls.length === 0
}

function toMessage({ role, text, images, calls = [], callId }: DraftMessage): object {
  if (role === 'tool') return { role, tool_call_id: callId, content: text }
  if (role === 'assistant' && calls.length > 0) {
    const toolCalls = calls.map(({ id, ...called }) => ({ id, type: 'function', function: called }))
    return { role, content: text === '' ? null : text, tool_calls: toolCalls }
  }
  if (images.length === 0) return { role, content: text }
  const pictures = images.map((url) => ({ type: 'image_url', image_url: { url } }))
  return { role, content: [...(text === '' ? [] : [{ type: 'text', text }]), ...pictures] }
}

/** The draft of a request that was made before, as far as the playground has places for what it says. */
export function draftOf(request: Readonly<Record<string, unknown>>, model: string): Draft {
  const { model: _, messages, temperature, max_tokens, top_p, tools, response_format, ...rest } = request
  const said = (Array.isArray(messages) ? messages : []) as GivenMessage[]
  const instructions = said.filter(({ role }) => role === 'system' || role === 'developer')
  const turns = said.filter(({ role }) => isRole(role))
  const schema = (response_format as { json_schema?: { schema?: unknown } } | undefined)?.json_schema?.schema
  return {
    models: [model],
    system: instructions.map(({ content }) => readContent(content).text).join('\n\n'),
    messages: turns.length === 0 ? emptyDraft.messages : turns.map(readMessage),
    temperature: numberText(temperature),
    maxTokens: numberText(max_tokens),
    topP: numberText(top_p),
    parameters: Object.keys(rest).length === 0 ? '' : pretty(rest),
    tools: Array.isArray(tools) && tools.length > 0 ? pretty(tools) : '',
    schema: schema === undefined ? '' : pretty(schema),
  }
}

/** A message in OpenAI's shape, as far as it is read. */
interface GivenMessage {
  readonly role?: unknown
  readonly content?: unknown
  readonly tool_calls?: readonly { readonly id: string; readonly function?: Omit<DraftToolCall, 'id'> }[]
  readonly tool_call_id?: string
}

function readMessage({ role, content, tool_calls: calls = [], tool_call_id: callId }: GivenMessage): DraftMessage {
  return {
    role: role as DraftMessage['role'],
    ...readContent(content),
    ...(calls.length > 0 && {
      calls: calls.map(({ id, function: called }) => ({
        id,
        name: called?.name ?? '',
        arguments: called?.arguments ?? '',
      })),
    }),
    ...(callId !== undefined && { callId }),
  }
}

function readContent(content: unknown): Pick<DraftMessage, 'text' | 'images'> {
  if (!Array.isArray(content)) return { text: typeof content === 'string' ? content : '', images: [] }
  const parts = content as { text?: unknown; image_url?: { url?: unknown } }[]
  const texts = parts.map(({ text }) => text).filter((text) => typeof text === 'string')
  const images = parts.map(({ image_url }) => image_url?.url).filter((url) => typeof url === 'string')
  return { text: texts.join('\n'), images }
}

/** The draft as a part of an address. Pictures that were read from files are too long for one and are left out. */
export function packDraft(draft: Draft): string {
  const messages = draft.messages.map((message) => ({
    ...message,
    images: message.images.filter((url) => !url.startsWith('data:')),
  }))
  const told = Object.entries({ ...draft, messages }).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(emptyDraft[field as keyof Draft]),
  )
  return told.length === 0 ? '' : JSON.stringify(Object.fromEntries(told))
}

/** The draft of an address. Whatever does not fit, because somebody changed the address, is left out. */
export function unpackDraft(text: string | null): Draft {
  const found = parse(text ?? '')
  if (!isObject(found)) return emptyDraft
  const texts = Object.entries(found).filter(
    ([field, value]) => typeof value === 'string' && emptyDraft[field as keyof Draft] === '',
  )
  const models = Array.isArray(found.models) ? found.models.filter((model) => typeof model === 'string') : []
  const messages = (Array.isArray(found.messages) ? found.messages : []).filter(isMessage)
  return {
    ...emptyDraft,
    ...Object.fromEntries(texts),
    ...(models.length > 0 && { models: models.slice(0, 2) }),
    ...(messages.length > 0 && { messages }),
  }
}

function isMessage(value: unknown): value is DraftMessage {
  if (!isObject(value)) return false
  const { role, text, images, calls = [], callId = '' } = value
  return (
    isRole(role) &&
    typeof text === 'string' &&
    Array.isArray(images) &&
    images.every((url) => typeof url === 'string') &&
    Array.isArray(calls) &&
    calls.every(isToolCall) &&
    typeof callId === 'string'
  )
}

function isRole(role: unknown): role is DraftMessage['role'] {
  return role === 'user' || role === 'assistant' || role === 'tool'
}

function isToolCall(value: unknown): value is DraftToolCall {
  return isObject(value) && [value.id, value.name, value.arguments].every((text) => typeof text === 'string')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
}

function numberText(value: unknown): string {
  return typeof value === 'number' ? String(value) : ''
}
