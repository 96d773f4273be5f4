/**
 * A chat completion request, read and written. Read by the sidecar's `/v1/chat/completions`, written by its OpenAI
 * provider and by the client's direct mode. Parameters that the vocabulary does not know travel as they are.
 */
import type { JsonObject, JsonValue } from '../conversation/json.ts'
import type { ConversationRequest, ResponseFormat, Scrub } from '../conversation/request.ts'
import type { ToolChoice, ToolDefinition } from '../conversation/tool.ts'
import { ConversationError } from '../error.ts'
import { type ReasoningHistory, readChatMessages, writeChatMessages } from './chat-message.ts'
import { asFields, asNumber, asText, type Fields } from './lenient.ts'

/** A request as it came over the wire. */
export interface ChatRequest {
  /** The caller's `model`: on our routes a component's name, or `component/model`. */
  readonly model: string
  readonly request: ConversationRequest
  readonly stream: boolean
  /** Whether the caller wants the token counts as the last chunk. */
  readonly includeUsage: boolean
}

/** Members that are read into the vocabulary or steer the transport; all others are the provider's own parameters. */
const known = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'temperature',
  'tools',
  'tool_choice',
  'response_format',
  'metadata',
  'scrub_pii',
])

/**
 * Reads the parsed JSON body of a request.
 * @throws ConversationError `malformed_request` that names the member and what it must be.
 */
export function readChatRequest(value: unknown): ChatRequest {
  const body = asFields(value)
  if (!body) throw malformed('the body must be a JSON object')
  const model = asText(body.model)
  if (model === undefined) throw malformed('"model" must be a string that names a component')
  const parameters = Object.fromEntries(
    Object.entries(body).filter(([name, given]) => !known.has(name) && given !== null),
  ) as Record<string, JsonValue>
  const maxTokens = optionalNumber(body, 'max_completion_tokens') ?? optionalNumber(body, 'max_tokens')
  const temperature = optionalNumber(body, 'temperature')
  const tools = readTools(body.tools)
  const toolChoice = readToolChoice(body.tool_choice)
  const responseFormat = readResponseFormat(body.response_format)
  const metadata = optionalFields(body, 'metadata')
  const messages = readChatMessages(body.messages)
  const scrub = readScrub(body.scrub_pii, messages.length)
  const request: ConversationRequest = {
    messages,
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(tools && { tools }),
    ...(toolChoice && { toolChoice }),
    ...(responseFormat && { responseFormat }),
    ...(metadata && { metadata: metadata as Record<string, string> }),
    ...(scrub && { scrub }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  }
  const stream = body.stream ?? false
  if (typeof stream !== 'boolean') throw malformed('"stream" must be true or false')
  return { model, request, stream, includeUsage: optionalFields(body, 'stream_options')?.include_usage === true }
}

/**
 * The one member that is ours: OpenAI has nothing by which personal data could be taken out. It says what our client's
 * `scrubPii` says, `true` or which of the two sides.
 */
function readScrub(value: unknown, messages: number): Scrub | undefined {
  if (value === undefined || value === null) return undefined
  const { input = false, output = false } = asFields(value) ?? { input: value, output: value }
  if (typeof input !== 'boolean' || typeof output !== 'boolean') {
    throw malformed('"scrub_pii" must be true, false, or an object with "input" and "output" of that kind')
  }
  if (!input && !output) return undefined
  return { messages: input ? Array.from({ length: messages }, (_, at) => at) : [], output }
}

/** How a request is written for one endpoint. */
export interface WriteChatRequestOptions {
  readonly model: string
  /** Whether the answer streams; then the token counts are asked for as well. */
  readonly stream: boolean
  /**
   * Whether the server takes OpenAI's own novelties: the role `developer`. Others get `system` instead.
   * @default false
   */
  readonly openai?: boolean
  /**
   * Whether the thinking of earlier answers and the vendors' signatures on it go back: to no server, because OpenAI
   * refuses members that it does not know; in the turns in which the model called a tool, as DeepSeek wants it; what is
   * signed, as OpenRouter and Google's OpenAI endpoint want it; or always.
   * @default 'omit'
   */
  readonly reasoning?: ReasoningHistory
  /**
   * Whether a file may be an address instead of bytes, for which OpenAI's wire has no place.
   * @default false
   */
  readonly fileAddresses?: boolean
}

/** The JSON body for a request. */
export function writeChatRequest(request: ConversationRequest, options: WriteChatRequestOptions): Fields {
  const { parameters = {}, temperature, maxTokens, tools, toolChoice, responseFormat, metadata } = request
  const reasoning = isReasoningModel(options.model)
  const limited = 'max_tokens' in parameters || 'max_completion_tokens' in parameters
  return {
    ...parameters,
    model: options.model,
    messages: writeChatMessages(request.messages, options.openai ?? false, options.reasoning, options.fileAddresses),
    // Reasoning models refuse any temperature but their own.
    ...(temperature !== undefined && !reasoning && { temperature }),
    ...(maxTokens !== undefined && !limited && { [reasoning ? 'max_completion_tokens' : 'max_tokens']: maxTokens }),
    ...(tools && tools.length > 0 && { tools: tools.map(writeTool) }),
    ...(toolChoice && { tool_choice: writeToolChoice(toolChoice) }),
    ...(responseFormat && { response_format: writeResponseFormat(responseFormat) }),
    ...(request.promptCacheRetentionMs !== undefined && {
      prompt_cache_retention: `${Math.round(request.promptCacheRetentionMs / 3_600_000)}h`,
    }),
    ...(metadata && Object.keys(metadata).length > 0 && { metadata }),
    ...(options.stream ? { stream: true, stream_options: { include_usage: true } } : { stream: false }),
  }
}

/** OpenAI's models that think first: they take neither a temperature nor `max_tokens`. */
function isReasoningModel(model: string): boolean {
  return /^(o\d|gpt-5)/i.test(model)
}

function readTools(value: unknown): ToolDefinition[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw malformed('"tools" must be a list')
  return value.map((item: unknown, at) => {
    const fn = asFields(asFields(item)?.function)
    const name = asText(fn?.name)
    if (!fn || name === undefined) throw malformed(`"tools[${at}].function.name" must be a string`)
    const description = asText(fn.description)
    const parameters = asFields(fn.parameters) as JsonObject | undefined
    return {
      name,
      ...(description !== undefined && { description }),
      ...(parameters && { parameters }),
      ...(typeof fn.strict === 'boolean' && { strict: fn.strict }),
    }
  })
}

function writeTool({ name, description, parameters, strict }: ToolDefinition): Fields {
  return {
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
      ...(strict !== undefined && { strict }),
    },
  }
}

function readToolChoice(value: unknown): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'auto' || value === 'none' || value === 'required') return value
  const name = asText(asFields(asFields(value)?.function)?.name)
  if (name === undefined) throw malformed('"tool_choice" must be "auto", "none", "required" or name a function')
  return { name }
}

function writeToolChoice(choice: ToolChoice): unknown {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } }
}

function readResponseFormat(value: unknown): ResponseFormat | undefined {
  if (value === undefined || value === null) return undefined
  const format = asFields(value)
  if (format?.type === 'text') return undefined
  if (format?.type === 'json_object') return { type: 'json_object' }
  const wrapper = asFields(format?.json_schema)
  const schema = asFields(wrapper?.schema) as JsonObject | undefined
  if (format?.type !== 'json_schema' || !wrapper || !schema) {
    throw malformed('"response_format" must be of type "text", "json_object", or "json_schema" with its schema')
  }
  const description = asText(wrapper.description)
  return {
    type: 'json_schema',
    name: asText(wrapper.name) ?? 'response',
    schema,
    ...(description !== undefined && { description }),
    ...(typeof wrapper.strict === 'boolean' && { strict: wrapper.strict }),
  }
}

function writeResponseFormat(format: ResponseFormat): Fields {
  if (format.type === 'json_object') return { type: 'json_object' }
  const { name, description, strict, schema } = format
  return {
    type: 'json_schema',
    json_schema: {
      name,
      ...(description !== undefined && { description }),
      ...(strict !== undefined && { strict }),
      schema,
    },
  }
}

function optionalNumber(body: Fields, name: string): number | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  const number = asNumber(value)
  if (number === undefined) throw malformed(`"${name}" must be a number`)
  return number
}

function optionalFields(body: Fields, name: string): Fields | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  const fields = asFields(value)
  if (!fields) throw malformed(`"${name}" must be an object`)
  return fields
}

function malformed(what: string): ConversationError {
  return new ConversationError('malformed_request', `Cannot read the request: ${what}`)
}
