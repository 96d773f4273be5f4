/**
 * What a program says: a string, an OpenAI-shaped message or a list of them, and how that becomes the vocabulary's
 * messages. Called once for each `generate` and `generateStream`, before anything is sent.
 */
import type { ContentPart, Message, ToolCall } from '@dapr-chat/protocol'
import type { ChatToolCall } from '@dapr-chat/protocol/openai'
import { InvalidRequestError } from './errors.ts'
import { type ChatContentPart, readContentPart } from './media.ts'

/** One turn of a conversation, in OpenAI's shape. */
export type ChatMessage =
  | { readonly role: 'system' | 'developer'; readonly content: string; readonly name?: string }
  | { readonly role: 'user'; readonly content: string | readonly ChatContentPart[]; readonly name?: string }
  | ChatAssistantMessage
  | {
      readonly role: 'tool'
      /** The id of the call that this answers. */
      readonly tool_call_id: string
      /** The tool's name; Dapr's wire has a place for it, OpenAI's has none. */
      readonly name?: string
      readonly content: string
      /** Whether the tool failed. For the program: the model reads only the content. */
      readonly isError?: boolean
    }

/** What the model said. The message of a result has this shape, so that it can go back into the history as it is. */
export interface ChatAssistantMessage {
  readonly role: 'assistant'
  /** `null` where the model said nothing in words. */
  readonly content: string | null
  readonly tool_calls?: readonly ChatToolCall[]
  readonly name?: string
  readonly refusal?: string | null
  /** The thinking that led to the answer; some providers want it back. */
  readonly reasoning_content?: string
  /** The vendor's signature of the thinking; it goes back as it came. */
  readonly reasoning_signature?: string
}

/** Everything that can be asked. A string is what a user says. */
export type ChatInput = string | ChatMessage | readonly ChatMessage[]

/** An input as messages. */
export function inputMessages(input: ChatInput): readonly ChatMessage[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  return isList(input) ? input : [input]
}

function isList(input: ChatInput): input is readonly ChatMessage[] {
  return Array.isArray(input)
}

const roles = ['system', 'developer', 'user', 'assistant', 'tool'] as const

/**
 * The vocabulary's messages of an input.
 * @throws InvalidRequestError for an empty input, a role that does not exist, or content of the wrong type.
 */
export function readInput(input: ChatInput): Message[] {
  const given = Array.isArray(input) ? input : [input]
  if (given.length === 0 || input === '' || input === undefined || input === null) {
    throw new InvalidRequestError("Either 'messages' or 'input_data' must be provided.")
  }
  if (typeof input === 'string') return [{ role: 'user', content: [{ type: 'text', text: input }] }]
  return given.map((message: ChatMessage, index) => readMessage(message, `messages[${index}]`))
}

function readMessage(message: ChatMessage, at: string): Message {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw new InvalidRequestError(`Cannot read ${at}: a message must be an object with a role and content`)
  }
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user':
      return { role: message.role, content: readContent(message.content, at), ...named(message.name) }
    case 'assistant':
      return {
        role: 'assistant',
        content: readContent(message.content ?? '', at),
        toolCalls: (message.tool_calls ?? []).map((call, index) => readToolCall(call, `${at}.tool_calls[${index}]`)),
        ...named(message.name),
        ...(message.reasoning_content && { reasoning: message.reasoning_content }),
        ...(message.reasoning_signature && { reasoningSignature: message.reasoning_signature }),
        ...(message.refusal && { refusal: message.refusal }),
      }
    case 'tool':
      if (typeof message.tool_call_id !== 'string') {
        throw new InvalidRequestError(`Cannot read ${at}: tool_call_id must be the id of the call that it answers`)
      }
      return {
        role: 'tool',
        // An empty result is a result: it keeps its one part, and with it its id.
        content: [{ type: 'text', text: textContent(message.content, at) }],
        toolCallId: message.tool_call_id,
        name: message.name ?? '',
      }
    default:
      throw new InvalidRequestError(
        `Unrecognized role '${String((message as { role: unknown }).role)}'; the roles are ${roles.join(', ')}`,
      )
  }
}

function readContent(content: string | readonly ChatContentPart[], at: string): ContentPart[] {
  if (Array.isArray(content)) {
    return content.map((part: ChatContentPart, index) => readContentPart(part, `${at}.content[${index}]`))
  }
  const text = textContent(content, at)
  return text === '' ? [] : [{ type: 'text', text }]
}

function textContent(content: unknown, at: string): string {
  if (typeof content === 'string') return content
  throw new InvalidRequestError(`Cannot read ${at}: content must be a string or a list of parts`)
}

function readToolCall(call: ChatToolCall, at: string): ToolCall {
  const { name, arguments: args } = call.function ?? {}
  if (typeof call.id !== 'string' || typeof name !== 'string' || typeof args !== 'string') {
    throw new InvalidRequestError(
      `Cannot read ${at}: it must have an id, a function.name and function.arguments as text`,
    )
  }
  return { id: call.id, name, arguments: args, ...(call.signature && { signature: call.signature }) }
}

function named(name: string | undefined): { name: string } | undefined {
  return name === undefined ? undefined : { name }
}
