/** From what a program gave, to the vocabulary's request. Called once per question; nothing has been sent yet. */
import type { ConversationRequest, Message, ResponseFormat, Scrub } from '@dapr-chat/protocol'
import { InvalidRequestError } from './errors.ts'
import { type ChatInput, type ChatMessage, readInput } from './message.ts'
import type { ChatResponseFormat, GenerateOptions } from './options.ts'
import { readToolChoice, readTools } from './tools/chat-tool.ts'

/**
 * The request of a question.
 * @throws InvalidRequestError for an empty or broken input, a broken tool, or a tool choice that fits no tool.
 */
export function makeRequest(input: ChatInput, options: GenerateOptions): ConversationRequest {
  const { contextId, metadata, temperature, maxTokens, model, promptCacheRetentionMs, parameters } = options
  const tools = options.tools && readTools(options.tools)
  const toolChoice = options.toolChoice && readToolChoice(options.toolChoice, tools ?? [])
  const responseFormat = options.responseFormat && readResponseFormat(options.responseFormat)
  const messages = readInput(input)
  const scrub = readScrubPii(options.scrubPii, messages)
  return {
    messages,
    ...(contextId !== undefined && { contextId }),
    ...(model !== undefined && { model }),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(tools && tools.length > 0 && { tools }),
    ...(toolChoice !== undefined && { toolChoice }),
    ...(responseFormat && { responseFormat }),
    ...(promptCacheRetentionMs !== undefined && { promptCacheRetentionMs }),
    ...(parameters && { parameters }),
    ...(metadata && { metadata }),
    ...(scrub && { scrub }),
  }
}

/** The same question after more was said. */
export function continueRequest(request: ConversationRequest, said: readonly Message[]): ConversationRequest {
  return withMessages(request, [...request.messages, ...said])
}

/** The same question after what was said before it. */
export function precedeRequest(request: ConversationRequest, said: readonly ChatMessage[]): ConversationRequest {
  return said.length === 0 ? request : withMessages(request, [...readInput(said), ...request.messages])
}

/** Personal data is taken out of the new messages where it is of the others. */
function withMessages(request: ConversationRequest, messages: readonly Message[]): ConversationRequest {
  const { scrub } = request
  const scrubs = scrub !== undefined && scrub.messages.length > 0
  return { ...request, messages, ...(scrubs && { scrub: { ...scrub, messages: [...messages.keys()] } }) }
}

function readScrubPii(scrubPii: GenerateOptions['scrubPii'] = false, messages: readonly Message[]): Scrub | undefined {
  const { input = false, output = false } =
    typeof scrubPii === 'boolean' ? { input: scrubPii, output: scrubPii } : scrubPii
  return input || output ? { messages: input ? [...messages.keys()] : [], output } : undefined
}

function readResponseFormat(format: ChatResponseFormat): ResponseFormat | undefined {
  switch (format.type) {
    case 'text':
      return undefined
    case 'json_object':
      return { type: 'json_object' }
    case 'json_schema':
      return { type: 'json_schema', ...format.json_schema }
    default:
      throw new InvalidRequestError(
        `Cannot use responseFormat: its type must be text, json_object or json_schema: current value is ${String((format as { type: unknown }).type)}`,
      )
  }
}
