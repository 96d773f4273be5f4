/**
 * A request as the vendors' packages take it. Parameters of OpenAI's names become the packages' own settings; all
 * others are the vendor's, and go into the request's body as they are.
 */

import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from '@ai-sdk/provider'
import type { ConversationRequest, JsonObject, JsonValue, ResponseFormat, ToolChoice } from '@dapr-chat/protocol'
import { asList, asNumber, asText } from '@dapr-chat/protocol/openai'
import { notSupported } from './failure.ts'
import { type ThinkingDialect, writePrompt } from './prompt.ts'

/** A request, written for a package. */
export interface PackageCall {
  readonly options: LanguageModelV4CallOptions
  /** Parameters that the packages have no setting for. */
  readonly rest: JsonObject
}

/** What a vendor wants otherwise, or does not do. */
export interface CallDialect extends ThinkingDialect {
  /** Whether the vendor can be asked for JSON without a schema. */
  readonly json: boolean
}

/** Parameters that are settings of the packages, or that steer a transport that is not the vendor's. */
const known = new Set([
  'top_p',
  'top_k',
  'stop',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'reasoning_effort',
  'max_tokens',
  'max_completion_tokens',
  'n',
  'stream',
  'stream_options',
])

const efforts = new Set<unknown>(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])

/**
 * Writes a request.
 * @throws ConversationError `invalid_params` for messages that no vendor takes, for more than one choice, and for JSON
 * without a schema where the vendor needs one.
 */
export function writeCall(request: ConversationRequest, dialect: CallDialect): PackageCall {
  const { parameters = {}, temperature, tools, toolChoice, responseFormat } = request
  if (parameters.n !== undefined && parameters.n !== 1) throw notSupported('more than one choice')
  if (responseFormat?.type === 'json_object' && !dialect.json) throw notSupported('JSON answers without a schema')
  const maxOutputTokens =
    request.maxTokens ?? asNumber(parameters.max_completion_tokens) ?? asNumber(parameters.max_tokens)
  const settings = {
    maxOutputTokens,
    temperature,
    topP: asNumber(parameters.top_p),
    topK: asNumber(parameters.top_k),
    seed: asNumber(parameters.seed),
    presencePenalty: asNumber(parameters.presence_penalty),
    frequencyPenalty: asNumber(parameters.frequency_penalty),
    stopSequences: stopSequences(parameters.stop),
    reasoning: effortOf(parameters.reasoning_effort),
    tools: tools && tools.length > 0 ? tools.map(writeTool) : undefined,
    toolChoice: toolChoice && tools && tools.length > 0 ? writeToolChoice(toolChoice) : undefined,
    responseFormat: responseFormat && writeResponseFormat(responseFormat),
  }
  const options = { prompt: writePrompt(request.messages, dialect), ...defined(settings) }
  const rest = Object.fromEntries(Object.entries(parameters).filter(([name]) => !known.has(name)))
  return { options, rest }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function defined<T extends object>(settings: T): Defined<T> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Defined<T>
}

function stopSequences(stop: JsonValue | undefined): string[] | undefined {
  const sequences = (typeof stop === 'string' ? [stop] : asList(stop)).flatMap((sequence) => asText(sequence) ?? [])
  return sequences.length > 0 ? sequences : undefined
}

function effortOf(effort: JsonValue | undefined): LanguageModelV4CallOptions['reasoning'] {
  return efforts.has(effort) ? (effort as LanguageModelV4CallOptions['reasoning']) : undefined
}

type Tool = NonNullable<ConversationRequest['tools']>[number]

function writeTool({ name, description, parameters, strict }: Tool): LanguageModelV4FunctionTool {
  return {
    type: 'function',
    name,
    inputSchema: (parameters ?? { type: 'object', properties: {} }) as LanguageModelV4FunctionTool['inputSchema'],
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
  }
}

function writeToolChoice(choice: ToolChoice): NonNullable<LanguageModelV4CallOptions['toolChoice']> {
  return typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.name }
}

function writeResponseFormat(format: ResponseFormat): NonNullable<LanguageModelV4CallOptions['responseFormat']> {
  if (format.type === 'json_object') return { type: 'json' }
  const { name, description, schema } = format
  return {
    type: 'json',
    name,
    schema: schema as LanguageModelV4FunctionTool['inputSchema'],
    ...(description !== undefined && { description }),
  }
}
