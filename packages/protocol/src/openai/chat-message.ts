/** The messages of a chat completion request, both ways. */
import { base64Encode } from '@bufbuild/protobuf/wire'
import type { AssistantMessage, ContentPart, MediaSource, Message } from '../conversation/message.ts'
import { isImageDetail, textOf } from '../conversation/message.ts'
import type { ToolCall } from '../conversation/tool.ts'
import { ConversationError } from '../error.ts'
import { asFields, asText, type Fields } from './lenient.ts'
import { callSignatureOf, reasoningOf, reasoningSignatureOf } from './reasoning.ts'
import { readReasoningDetails } from './reasoning-details.ts'
import { writeToolCall } from './tool-call.ts'

/**
 * Reads `messages`.
 * @throws ConversationError `missing_inputs` for an empty list, `malformed_request` for a message that is none.
 */
export function readChatMessages(value: unknown): Message[] {
  if (!Array.isArray(value)) throw malformed('"messages" must be a list')
  if (value.length === 0) throw new ConversationError('missing_inputs', 'missing inputs in request')
  return value.map(readMessage)
}

function readMessage(value: unknown, at: number): Message {
  const message = asFields(value)
  if (!message) throw malformed(`"messages[${at}]" must be an object`)
  const content = readContent(message.content, at)
  const name = asText(message.name)
  const { role } = message
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      return { role, content, ...(name !== undefined && { name }) }
    case 'assistant': {
      const reasoning = reasoningOf(message)
      const reasoningSignature = reasoningSignatureOf(message)
      const refusal = asText(message.refusal)
      return {
        role,
        content,
        toolCalls: readToolCalls(message.tool_calls, at),
        ...(name !== undefined && { name }),
        ...(reasoning !== '' && { reasoning }),
        ...(reasoningSignature !== undefined && { reasoningSignature }),
        ...(refusal !== undefined && { refusal }),
      }
    }
    case 'tool':
      return { role, content, toolCallId: readToolCallId(message.tool_call_id, at), name: name ?? '' }
    default:
      throw malformed(
        `"messages[${at}].role" must be system, developer, user, assistant or tool: current value is ${JSON.stringify(role)}`,
      )
  }
}

function readToolCallId(value: unknown, at: number): string {
  const id = asText(value)
  if (id === undefined) throw malformed(`"messages[${at}].tool_call_id" must be the id of a tool call`)
  return id
}

function readContent(content: unknown, at: number): ContentPart[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw malformed(`"messages[${at}].content" must be a string or a list of parts`)
  return content.map((value: unknown, index) => readPart(value, `messages[${at}].content[${index}]`))
}

function readPart(value: unknown, where: string): ContentPart {
  const part = asFields(value)
  switch (part?.type) {
    case 'text':
    case 'refusal': {
      const text = part[part.type]
      if (typeof text !== 'string') throw malformed(`"${where}.${part.type}" must be a string`)
      return { type: 'text', text }
    }
    case 'image_url': {
      const image = asFields(part.image_url)
      const url = asText(image?.url) ?? asText(part.image_url)
      if (url === undefined) throw malformed(`"${where}.image_url.url" must be an address`)
      const detail = image?.detail ?? undefined
      if (detail !== undefined && !isImageDetail(detail)) {
        throw malformed(
          `"${where}.image_url.detail" must be auto, low or high: current value is ${JSON.stringify(detail)}`,
        )
      }
      return { type: 'image', source: { url }, ...(detail !== undefined && { detail }) }
    }
    case 'input_audio': {
      const audio = asFields(part.input_audio)
      const data = asText(audio?.data)
      if (data === undefined) throw malformed(`"${where}.input_audio.data" must be base64`)
      const format = asText(audio?.format) ?? 'wav'
      return { type: 'audio', source: { url: `data:audio/${format};base64,${data}` } }
    }
    case 'file': {
      const file = asFields(part.file)
      const data = asText(file?.file_data)
      if (data === undefined || !/^(data|https?):/i.test(data)) {
        throw malformed(`"${where}.file.file_data" must be a data: URL or an https: address`)
      }
      const filename = asText(file?.filename)
      return { type: 'file', source: { url: data }, ...(filename !== undefined && { filename }) }
    }
    default:
      throw malformed(`"${where}.type" must be text, image_url, input_audio or file`)
  }
}

function readToolCalls(value: unknown, at: number): ToolCall[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw malformed(`"messages[${at}].tool_calls" must be a list`)
  return value.map((call: unknown, index) => readToolCall(call, at, index))
}

function readToolCall(value: unknown, at: number, index: number): ToolCall {
  const call = asFields(value)
  const fn = asFields(call?.function)
  const name = asText(fn?.name)
  if (!call || !fn || name === undefined) {
    throw malformed(`"messages[${at}].tool_calls[${index}].function.name" must be a string`)
  }
  const args = fn.arguments
  const signature = callSignatureOf(call)
  return {
    id: asText(call.id) ?? '',
    name,
    arguments: typeof args === 'string' ? args : args === undefined || args === null ? '' : JSON.stringify(args),
    ...(signature !== undefined && { signature }),
  }
}

/**
 * What of the model's thinking and the vendors' signatures goes back with earlier answers: nothing; the thinking, without
 * signatures, of turns in which the model called a tool; what is signed, in the spelling in which vendors on this wire
 * sign; or all, in our own spelling.
 */
export type ReasoningHistory = 'omit' | 'with-tool-calls' | 'signed' | 'send'

/**
 * Writes messages for a server that is OpenAI's own, or for one that only speaks the wire: that one gets `system` for
 * `developer`.
 */
export function writeChatMessages(
  messages: readonly Message[],
  openai: boolean,
  reasoning: ReasoningHistory = 'omit',
  fileAddresses = false,
): Fields[] {
  const calling = reasoning === 'with-tool-calls' ? messagesOfCallingTurns(messages) : undefined
  return messages.map((message) => {
    const history = calling && !calling.has(message) ? 'omit' : reasoning
    return writeMessage(message, { openai, history, fileAddresses })
  })
}

/** A turn is everything between two messages of the user, so the answer after the last tool result belongs to it. */
function messagesOfCallingTurns(messages: readonly Message[]): Set<Message> {
  const turns: Message[][] = [[]]
  for (const message of messages) {
    if (message.role === 'user') turns.push([])
    turns.at(-1)?.push(message)
  }
  const called = (message: Message) => message.role === 'assistant' && message.toolCalls.length > 0
  return new Set(turns.filter((turn) => turn.some(called)).flat())
}

interface MessageDialect {
  readonly openai: boolean
  readonly history: ReasoningHistory
  readonly fileAddresses: boolean
}

function writeMessage(message: Message, dialect: MessageDialect): Fields {
  const content = () => writeContent(message.content, dialect.fileAddresses)
  switch (message.role) {
    case 'assistant':
      return writeAssistant(message, dialect.history)
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: content() }
    case 'system':
    case 'developer':
    case 'user':
      return {
        role: message.role === 'developer' && !dialect.openai ? 'system' : message.role,
        ...participant(message.name),
        content: content(),
      }
  }
}

function writeAssistant(message: AssistantMessage, history: ReasoningHistory): Fields {
  const { content, toolCalls, refusal } = message
  return {
    role: 'assistant',
    ...participant(message.name),
    content: content.length === 0 && toolCalls.length > 0 ? null : textOf(content),
    ...(refusal !== undefined && { refusal }),
    ...writeReasoning(message, history),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls.map((call) => writeEarlierCall(call, history)) }),
  }
}

function writeReasoning({ reasoning, reasoningSignature }: AssistantMessage, history: ReasoningHistory): Fields {
  const thinking = reasoning ? { reasoning_content: reasoning } : {}
  const signed = reasoningSignature ? { ...thinking, reasoning_signature: reasoningSignature } : undefined
  switch (history) {
    case 'omit':
      return {}
    case 'with-tool-calls':
      return thinking
    case 'signed': {
      const details = reasoningSignature ? readReasoningDetails(reasoningSignature, reasoning ?? '') : undefined
      return details ? { reasoning_details: details } : (signed ?? {})
    }
    case 'send':
      return signed ?? thinking
  }
}

function writeEarlierCall({ signature, ...call }: ToolCall, history: ReasoningHistory): Fields {
  // OpenAI refuses empty arguments in the history, which is what tools without parameters get from some.
  const written = writeToolCall({ ...call, arguments: call.arguments === '' ? '{}' : call.arguments })
  if (!signature) return { ...written }
  if (history === 'send') return { ...written, signature }
  // Of the vendors that speak this wire Google alone signs calls; our own servers read its spelling too.
  return { ...written, ...(history === 'signed' && { extra_content: { google: { thought_signature: signature } } }) }
}

/** OpenAI refuses names with anything but this in them; Dapr's Python client sends empty ones. */
function participant(name: string | undefined): { name?: string } {
  return name !== undefined && /^[\w-]{1,64}$/.test(name) ? { name } : {}
}

function writeContent(content: readonly ContentPart[], fileAddresses: boolean): string | Fields[] {
  if (content.length === 0) return ''
  const only = content.length === 1 ? content[0] : undefined
  return only?.type === 'text' ? only.text : content.map((part) => writePart(part, fileAddresses))
}

function writePart(part: ContentPart, fileAddresses: boolean): Fields {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image':
      return {
        type: 'image_url',
        image_url: { url: urlOf(part.source), ...(part.detail !== undefined && { detail: part.detail }) },
      }
    case 'audio': {
      const [, format, data] = /^data:audio\/([\w.+-]+);base64,(.*)$/s.exec(urlOf(part.source)) ?? []
      if (format === undefined || data === undefined) {
        throw new ConversationError('invalid_params', 'invalid params: audio must be given as bytes for this provider')
      }
      return { type: 'input_audio', input_audio: { data, format: format === 'mpeg' ? 'mp3' : format } }
    }
    case 'file': {
      const data = urlOf(part.source)
      if (!fileAddresses && !/^data:/i.test(data)) {
        throw new ConversationError('invalid_params', 'invalid params: a file must be given as bytes for this provider')
      }
      return { type: 'file', file: { file_data: data, filename: part.filename ?? 'file' } }
    }
  }
}

function urlOf(source: MediaSource): string {
  return 'url' in source ? source.url : `data:${source.mediaType};base64,${base64Encode(source.data)}`
}

function malformed(what: string): ConversationError {
  return new ConversationError('malformed_request', `Cannot read the request: ${what}`)
}
