/**
 * A request as the vendors' packages take it. Parameters of OpenAI's names become the packages' own settings, where there
 * are such; all others are the vendor's, and go into the request's body as they are.
 */

import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from '@ai-sdk/provider'
import type { ConversationRequest, JsonObject, JsonValue, ResponseFormat, ToolChoice } from '@dapr-chat/protocol'
import { asList, asText } from '@dapr-chat/protocol/openai'
import { leftOut, tellOfDetail, tellOfNames } from '../left-out.ts'
import type { ProviderContext } from '../provider.ts'
import type { ThinkingDialect } from './assistant-parts.ts'
import { notSupported } from './failure.ts'
import { readNumber, withoutForeign, wrongParameter } from './foreign-parameters.ts'
import { writePrompt } from './prompt.ts'

/** A request, written for a package. */
export interface PackageCall {
  readonly options: LanguageModelV4CallOptions
  /** Parameters that the packages have no setting for. */
  readonly rest: JsonObject
  /** Those of OpenAI's parameters that the vendor's folder writes itself. */
  readonly translated: JsonObject
}

/** What a vendor wants otherwise, or does not do. */
export interface CallDialect extends ThinkingDialect {
  /** Whether the vendor can be asked for JSON without a schema. */
  readonly json: boolean
  /** The highest temperature that the vendor takes. */
  readonly maxTemperature: number
  /** Whether the vendor's folder writes the request's labels itself. */
  readonly labels: boolean
  /** The names of OpenAI's parameters that the vendor's folder writes itself. */
  readonly translates: readonly string[]
  /** Is told what is left out. */
  readonly warn: ProviderContext['warn']
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
 * @throws ConversationError `invalid_params` for messages that no vendor takes, for more than one choice, for JSON without
 * a schema where the vendor needs one, and for parameters that the vendor cannot keep to.
 */
export function writeCall(request: ConversationRequest, dialect: CallDialect): PackageCall {
  const { parameters = {}, temperature, tools, toolChoice, responseFormat } = request
  if (parameters.n !== undefined && parameters.n !== 1) throw notSupported('more than one choice')
  if (responseFormat?.type === 'json_object' && !dialect.json) throw notSupported('JSON answers without a schema')
  const maxOutputTokens =
    request.maxTokens ?? readNumber(parameters, 'max_completion_tokens') ?? readNumber(parameters, 'max_tokens')
  const settings = {
    maxOutputTokens,
    temperature: temperature === undefined ? undefined : withinLimit(temperature, dialect.maxTemperature),
    topP: readNumber(parameters, 'top_p'),
    topK: readNumber(parameters, 'top_k'),
    seed: readNumber(parameters, 'seed'),
    // A penalty of 0 is none, and nothing that a vendor without penalties leaves out.
    presencePenalty: readNumber(parameters, 'presence_penalty') || undefined,
    frequencyPenalty: readNumber(parameters, 'frequency_penalty') || undefined,
    stopSequences: stopSequences(parameters.stop),
    reasoning: effortOf(parameters.reasoning_effort),
    tools: tools && tools.length > 0 ? tools.map(writeTool) : undefined,
    toolChoice: toolChoice && tools && tools.length > 0 ? writeToolChoice(toolChoice) : undefined,
    responseFormat: responseFormat && writeResponseFormat(responseFormat),
  }
  const options = { prompt: writePrompt(request.messages, dialect), ...defined(settings) }
  const others = Object.entries(parameters).filter(([name]) => !known.has(name))
  const isTranslated = ([name]: readonly [string, JsonValue]) => dialect.translates.includes(name)
  if (!dialect.labels && Object.keys(request.metadata ?? {}).length > 0) leftOut('metadata', dialect.warn)
  if (!dialect.translates.includes('prompt_cache_retention') && request.promptCacheRetentionMs !== undefined) {
    leftOut('prompt_cache_retention', dialect.warn)
  }
  tellOfNames(request.messages, dialect.warn)
  tellOfDetail(request.messages, dialect.warn)
  return {
    options,
    rest: withoutForeign(Object.fromEntries(others.filter((entry) => !isTranslated(entry))), dialect.warn),
    translated: Object.fromEntries(others.filter(isTranslated)),
  }
}

/** The packages would bend a higher one to the limit, which the caller would not learn. */
function withinLimit(temperature: number, limit: number): number {
  if (temperature >= 0 && temperature <= limit) return temperature
  throw wrongParameter('temperature', `from 0 to ${limit} for this provider`, temperature)
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function defined<T extends object>(settings: T): Defined<T> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Defined<T>
}

function stopSequences(stop: JsonValue | undefined): string[] | undefined {
  if (stop === undefined || stop === null || stop === '') return undefined
  const sequences = typeof stop === 'string' ? [stop] : asList(stop)
  const texts = sequences.flatMap((sequence) => asText(sequence) ?? [])
  if (texts.length < sequences.length || !(typeof stop === 'string' || Array.isArray(stop))) {
    throw wrongParameter('stop', 'a text or a list of texts', stop)
  }
  return texts.length > 0 ? texts : undefined
}

function effortOf(effort: JsonValue | undefined): LanguageModelV4CallOptions['reasoning'] {
  if (effort === undefined || effort === null) return undefined
  if (efforts.has(effort)) return effort as LanguageModelV4CallOptions['reasoning']
  throw wrongParameter('reasoning_effort', `one of ${[...efforts].join(', ')}`, effort)
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
