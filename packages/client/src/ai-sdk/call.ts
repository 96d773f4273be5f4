/** One question of the AI SDK, in the client's words. Called once for each `doGenerate` and `doStream`. */
import type { LanguageModelV3CallOptions, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { JsonObject, JsonValue } from '@dapr-chat/protocol'
import type { ChatMessage } from '../message.ts'
import type { ChatResponseFormat, GenerateOptions } from '../options.ts'
import { toJsonSchema } from '../schema/input-schema.ts'
import type { ChatToolChoice, ChatToolFunction } from '../tools/chat-tool.ts'
import { type DaprModelSettings, type ModelWarning, questionSettings } from './model-settings.ts'
import { readPrompt } from './prompt.ts'

/** What the AI SDK asks, of its current major version or the one before. */
export type CallOptions = LanguageModelV4CallOptions | LanguageModelV3CallOptions

/** A question as the client takes it. */
export interface Call {
  readonly messages: readonly ChatMessage[]
  readonly options: GenerateOptions
  /** What of the question is not sent. */
  readonly warnings: readonly ModelWarning[]
}

/**
 * Reads a question. What cannot be sent becomes a warning.
 * @throws InvalidRequestError for a setting with an impossible value.
 */
export function readCall(call: CallOptions, component: string, settings: DaprModelSettings): Call {
  const warnings: ModelWarning[] = []
  const { model, parameters, ...own } = questionSettings(settings, call.providerOptions, warnings)
  const { temperature, maxOutputTokens, abortSignal } = call
  const tools = readTools(call.tools ?? [], warnings)
  const toolChoice = readToolChoice(call.toolChoice, tools, warnings)
  const responseFormat = readResponseFormat(call.responseFormat)
  const allParameters = { ...parametersOf(call), ...parameters }
  const options: GenerateOptions = {
    onUnsupported: 'warn',
    ...own,
    component,
    headers: readHeaders(call.headers),
    // The AI SDK has retries of its own, and runs tools itself.
    retry: false,
    maxSteps: 1,
    ...(model !== undefined && { model }),
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { maxTokens: maxOutputTokens }),
    ...(abortSignal && { signal: abortSignal }),
    ...(tools.length > 0 && { tools }),
    ...(toolChoice !== undefined && { toolChoice }),
    ...(responseFormat && { responseFormat }),
    ...(Object.keys(allParameters).length > 0 && { parameters: allParameters }),
  }
  return { messages: readPrompt(call.prompt, warnings), options, warnings }
}

/** The options that have no word in Dapr's API travel in the names that the sidecar translates for every vendor. */
function parametersOf(call: CallOptions): Record<string, JsonValue> {
  const { topP, topK, stopSequences, seed, presencePenalty, frequencyPenalty } = call
  const effort = 'reasoning' in call && call.reasoning !== 'provider-default' ? call.reasoning : undefined
  return {
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
    ...(stopSequences && stopSequences.length > 0 && { stop: stopSequences }),
    ...(seed !== undefined && { seed }),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
    ...(effort !== undefined && { reasoning_effort: effort }),
  }
}

function readHeaders(headers: CallOptions['headers'] = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

function readTools(tools: NonNullable<CallOptions['tools']>, warnings: ModelWarning[]): ChatToolFunction[] {
  return tools.flatMap((tool): ChatToolFunction[] => {
    if (tool.type !== 'function') {
      warnings.push({ type: 'unsupported', feature: `provider-defined tool ${tool.id}` })
      return []
    }
    const { name, description, inputSchema, strict } = tool
    const parameters = toJsonSchema(inputSchema as JsonObject)
    return [
      { name, parameters, ...(description !== undefined && { description }), ...(strict !== undefined && { strict }) },
    ]
  })
}

function readToolChoice(
  choice: CallOptions['toolChoice'],
  tools: readonly ChatToolFunction[],
  warnings: ModelWarning[],
): ChatToolChoice | undefined {
  if (!choice || tools.length === 0) return undefined
  if (choice.type !== 'tool') return choice.type
  const { toolName } = choice
  if (tools.some(({ name }) => name === toolName)) return { tool: toolName }
  warnings.push({ type: 'unsupported', feature: `toolChoice of tool ${toolName}` })
  return undefined
}

function readResponseFormat(format: CallOptions['responseFormat']): ChatResponseFormat | undefined {
  if (format?.type !== 'json') return undefined
  const { schema, name = 'answer', description } = format
  if (!schema) return { type: 'json_object' }
  const described = {
    name,
    schema: toJsonSchema(schema as JsonObject),
    ...(description !== undefined && { description }),
  }
  return { type: 'json_schema', json_schema: described }
}
