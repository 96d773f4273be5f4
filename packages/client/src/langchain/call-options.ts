/** What a model of LangChain can be told, and the same in the client's words. */

import type { JsonValue } from '@dapr-chat/protocol'
import type {
  BaseChatModelCallOptions,
  BaseChatModelParams,
  BindToolsInput,
  ToolChoice,
} from '@langchain/core/language_models/chat_models'
import { convertToOpenAITool } from '@langchain/core/utils/function_calling'
import type { DaprChatClient } from '../client.ts'
import { InvalidRequestError } from '../errors.ts'
import { type ClientOptions, type GenerateOptions, mergeOptions } from '../options.ts'
import type { ChatTool, ChatToolChoice } from '../tools/chat-tool.ts'

/** Options of the client that go with a question of LangChain as well. */
type QuestionOptions = Pick<
  GenerateOptions,
  | 'component'
  | 'model'
  | 'temperature'
  | 'maxTokens'
  | 'contextId'
  | 'parameters'
  | 'scrubPii'
  | 'promptCacheRetentionMs'
  | 'timeoutMs'
  | 'onUnsupported'
>

/** What a model is made with: the options of every question, and where they go. */
export interface ChatDaprOptions extends BaseChatModelParams, QuestionOptions {
  /** The client to ask. Default: one of its own, made with `clientOptions`. */
  readonly client?: DaprChatClient
  /** What the model's own client is made with. Not beside `client`. */
  readonly clientOptions?: ClientOptions
  /** Texts at which the model stops. */
  readonly stop?: string[]
}

/** What one question can be told; it wins over what the model was made with. */
export interface ChatDaprCallOptions extends BaseChatModelCallOptions, QuestionOptions {
  /** What the model may call; `bindTools` sets it. */
  readonly tools?: readonly BindToolsInput[]
  /** The shape of the answer; `withStructuredOutput` sets it. */
  readonly responseFormat?: GenerateOptions['responseFormat']
  /** Further headers of the request, or gRPC metadata. */
  readonly headers?: GenerateOptions['headers']
}

const questionKeys: Readonly<Record<keyof QuestionOptions, true>> = {
  component: true,
  model: true,
  temperature: true,
  maxTokens: true,
  contextId: true,
  parameters: true,
  scrubPii: true,
  promptCacheRetentionMs: true,
  timeoutMs: true,
  onUnsupported: true,
}

/** The options of a model or of a question that are the client's own. */
function questionOptions(options: QuestionOptions): GenerateOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(questionKeys, name)))
}

/**
 * The options of one question, without its signal and its headers: what tracing may see.
 * @throws InvalidRequestError for a tool choice that is none.
 */
export function readCallOptions(model: ChatDaprOptions, call: Partial<ChatDaprCallOptions>): GenerateOptions {
  const { tools = [], tool_choice, responseFormat, stop = model.stop } = call
  const toolChoice = tools.length > 0 ? readToolChoice(tool_choice) : undefined
  const maxRetries = call.maxRetries ?? model.maxRetries
  const parameters: Record<string, JsonValue> = {
    ...model.parameters,
    ...(stop && stop.length > 0 && { stop }),
    ...call.parameters,
  }
  return mergeOptions(questionOptions(model), {
    ...questionOptions(call),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(tools.length > 0 && { tools: tools.map(readTool) }),
    ...(toolChoice !== undefined && { toolChoice }),
    ...(responseFormat && { responseFormat }),
    ...(maxRetries !== undefined && { retry: { maxRetries } }),
    // LangChain's agents run the tools.
    maxSteps: 1,
  })
}

/** LangChain's own tools and schemas as OpenAI's; what has that shape, or is a tool of the client, stays as it is. */
export function readTool(tool: BindToolsInput): ChatTool {
  return convertToOpenAITool(tool) as ChatTool
}

function readToolChoice(choice: ToolChoice | undefined): ChatToolChoice | undefined {
  if (choice === undefined || choice === 'auto' || choice === 'none') return choice
  if (choice === 'any' || choice === 'required') return 'required'
  if (typeof choice === 'string') return { tool: choice }
  const name: unknown = choice.function?.name ?? choice.name
  if (typeof name === 'string') return { tool: name }
  throw new InvalidRequestError(
    `Cannot use tool_choice: it must be auto, none, any, required, the name of a tool or { type: "function", function: { name } }: current value is ${JSON.stringify(choice)}`,
  )
}
