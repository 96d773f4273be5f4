/** The chat model: what LangChain calls, put through the client. */

import type { JsonObject } from '@dapr-chat/protocol'
import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager'
import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from '@langchain/core/language_models/base'
import { BaseChatModel, type BindToolsInput, type LangSmithParams } from '@langchain/core/language_models/chat_models'
import {
  assembleStructuredOutputPipeline,
  createContentParser,
  createFunctionCallingParser,
} from '@langchain/core/language_models/structured_output'
import type { AIMessageChunk, BaseMessage } from '@langchain/core/messages'
import type { ChatGenerationChunk, ChatResult } from '@langchain/core/outputs'
import type { Runnable } from '@langchain/core/runnables'
import { toJsonSchema } from '@langchain/core/utils/json_schema'
import type { SerializableSchema } from '@langchain/core/utils/standard_schema'
import { getSchemaDescription, type InteropZodType } from '@langchain/core/utils/types'
import { DaprChatClient } from '../client.ts'
import { InvalidRequestError } from '../errors.ts'
import type { GenerateOptions } from '../options.ts'
import { ChunkWriter, writeMessage } from './answer.ts'
import { type ChatDaprCallOptions, type ChatDaprOptions, readCallOptions } from './call-options.ts'
import { readMessages } from './messages.ts'

/** A shape for an answer, in any way in which LangChain takes them. */
type OutputSchema<T extends Record<string, unknown>> =
  | SerializableSchema<T>
  | InteropZodType<T>
  | Record<string, unknown>

/** A component of a sidecar as a chat model of LangChain. */
export class ChatDapr extends BaseChatModel<ChatDaprCallOptions> {
  readonly #options: ChatDaprOptions
  readonly #client: DaprChatClient

  /** @throws InvalidRequestError for an option that has an impossible value, and for `clientOptions` beside `client`. */
  constructor(options: ChatDaprOptions = {}) {
    // The client retries; LangChain's caller only limits how many calls run at once.
    super({ ...options, maxRetries: 0, onFailedAttempt: rethrow })
    if (options.client && options.clientOptions) {
      throw new InvalidRequestError('Cannot use option "clientOptions" beside "client": give it to the client instead')
    }
    this.#options = options
    this.#client = options.client ?? new DaprChatClient(options.clientOptions)
  }

  static override lc_name(): string {
    return 'ChatDapr'
  }

  override _llmType(): string {
    return 'dapr'
  }

  /** What tells answers of two models apart in a cache. */
  override _identifyingParams(): Record<string, unknown> {
    return { ...this.invocationParams() }
  }

  /** What is asked beside the messages, for traces. */
  override invocationParams(options: Partial<this['ParsedCallOptions']> = {}): GenerateOptions {
    return readCallOptions(this.#options, options)
  }

  override getLsParams(options: this['ParsedCallOptions']): LangSmithParams {
    const { component, model, temperature, maxTokens, parameters } = this.invocationParams(options)
    const name = model ?? component
    const stop = parameters?.stop
    return {
      ls_provider: 'dapr',
      ls_model_type: 'chat',
      ...(name !== undefined && { ls_model_name: name }),
      ...(temperature !== undefined && { ls_temperature: temperature }),
      ...(maxTokens !== undefined && { ls_max_tokens: maxTokens }),
      ...(Array.isArray(stop) && { ls_stop: stop.map(String) }),
    }
  }

  /** The model with tools that it may call: LangChain's, the client's, or descriptions in OpenAI's shape. */
  override bindTools(
    tools: BindToolsInput[],
    options: Partial<ChatDaprCallOptions> = {},
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatDaprCallOptions> {
    return this.withConfig({ ...options, tools })
  }

  /**
   * The model with answers of a shape. `method` is `jsonSchema` where it is not given: the schema goes as the response
   * format. `functionCalling` has the model call one tool, `jsonMode` asks for any JSON.
   */
  override withStructuredOutput<T extends Record<string, unknown> = Record<string, unknown>>(
    schema: OutputSchema<T>,
    config?: StructuredOutputMethodOptions<false>,
  ): Runnable<BaseLanguageModelInput, T>
  override withStructuredOutput<T extends Record<string, unknown> = Record<string, unknown>>(
    schema: OutputSchema<T>,
    config?: StructuredOutputMethodOptions<true>,
  ): Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: T }>
  override withStructuredOutput<T extends Record<string, unknown>>(
    schema: OutputSchema<T>,
    {
      name = 'extract',
      method = 'jsonSchema',
      includeRaw = false,
      strict,
    }: StructuredOutputMethodOptions<boolean> = {},
  ): Runnable<BaseLanguageModelInput, T> | Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: T }> {
    const description = getSchemaDescription(schema)
    const described = {
      name,
      ...(description !== undefined && { description }),
      ...(strict !== undefined && { strict }),
    }
    const parameters = toJsonSchema(schema) as JsonObject
    switch (method) {
      case 'jsonSchema': {
        const responseFormat = { type: 'json_schema', json_schema: { ...described, schema: parameters } } as const
        const model = this.withConfig({ responseFormat })
        return assembleStructuredOutputPipeline(model, createContentParser<T>(schema), includeRaw)
      }
      case 'jsonMode': {
        const model = this.withConfig({ responseFormat: { type: 'json_object' } })
        return assembleStructuredOutputPipeline(model, createContentParser<T>(schema), includeRaw)
      }
      case 'functionCalling': {
        const tool = { type: 'function', function: { ...described, parameters } }
        const model = this.bindTools([tool], { tool_choice: name })
        return assembleStructuredOutputPipeline(model, createFunctionCallingParser<T>(schema, name), includeRaw)
      }
      default:
        throw new InvalidRequestError(
          `Cannot use method: it must be jsonSchema, functionCalling or jsonMode: current value is ${method}`,
        )
    }
  }

  override async _generate(messages: BaseMessage[], options: this['ParsedCallOptions']): Promise<ChatResult> {
    const asked = this.#callOptions(options)
    return this.caller.call(async () => {
      const result = await this.#client.generate(readMessages(messages), asked)
      const { prompt_tokens, completion_tokens, total_tokens } = result.usage ?? {}
      const tokenUsage = { promptTokens: prompt_tokens, completionTokens: completion_tokens, totalTokens: total_tokens }
      return {
        generations: [{ text: result.text, message: writeMessage(result) }],
        llmOutput: result.usage ? { tokenUsage } : {},
      }
    })
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this['ParsedCallOptions'],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const stream = this.#client.generateStream(readMessages(messages), this.#callOptions(options))
    const writer = new ChunkWriter(await stream.warnings)
    for await (const chunk of stream) {
      const generation = writer.write(chunk)
      yield generation
      const place = { prompt: 0, completion: 0 }
      await runManager?.handleLLMNewToken(generation.text, place, undefined, undefined, undefined, {
        chunk: generation,
      })
    }
  }

  #callOptions(options: this['ParsedCallOptions']): GenerateOptions {
    const { signal, headers } = options
    return { ...this.invocationParams(options), ...(signal && { signal }), ...(headers && { headers }) }
  }
}

function rethrow(error: unknown): never {
  throw error
}
