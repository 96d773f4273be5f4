/**
 * One component as a language model of the AI SDK. The AI SDK wraps models in proxies, which objects with private members
 * do not survive, so a model is a plain object.
 */
import type { ChatCompletionChunk, ChatStream } from '../chat-stream.ts'
import type { DaprChatClient } from '../client.ts'
import { type GenerateResult, writeAnswer, writeWarnings } from './answer.ts'
import { toApiError } from './api-error.ts'
import { type CallOptions, readCall } from './call.ts'
import { type DaprModelSettings, type ModelWarning, providerName } from './model-settings.ts'
import { type StreamPart, StreamPartWriter } from './stream-parts.ts'

/** What a model is made of. */
export interface ModelOptions {
  readonly client: () => DaprChatClient
  readonly component: string
  readonly settings: DaprModelSettings
}

/** A language model of the AI SDK, at one of its specifications. */
export interface DaprLanguageModel<Version extends 'v3' | 'v4'> {
  readonly specificationVersion: Version
  readonly provider: string
  readonly modelId: string
  readonly supportedUrls: Record<string, RegExp[]>
  doGenerate(call: CallOptions): Promise<GenerateResult>
  doStream(call: CallOptions): Promise<{ stream: ReadableStream<StreamPart> }>
}

/** The model, at one of the two specifications: what they say differently, the readers of questions understand. */
export function languageModel<Version extends 'v3' | 'v4'>(
  specificationVersion: Version,
  { client, component, settings }: ModelOptions,
): DaprLanguageModel<Version> {
  return {
    specificationVersion,
    provider: providerName,
    modelId: component,
    // The AI SDK downloads what a message names by its address: not every vendor would.
    supportedUrls: {},
    async doGenerate(call) {
      try {
        const { messages, options, warnings } = readCall(call, component, settings)
        return writeAnswer(await client().generate(messages, options), warnings)
      } catch (thrown) {
        throw toApiError(thrown, component, call.abortSignal)
      }
    },
    async doStream(call) {
      const { abortSignal, includeRawChunks = false } = call
      const toError = (thrown: unknown) => toApiError(thrown, component, abortSignal)
      try {
        const { messages, options, warnings } = readCall(call, component, settings)
        const stream = client().generateStream(messages, options)
        const iterator = stream[Symbol.asyncIterator]()
        // What fails before the first chunk must fail here: that is what the AI SDK asks again for.
        const first = await iterator.next()
        const all = [...warnings, ...writeWarnings(await stream.warnings)]
        return { stream: partStream({ stream, iterator, first, warnings: all, includeRawChunks, toError }) }
      } catch (thrown) {
        throw toError(thrown)
      }
    },
  }
}

interface BegunStream {
  readonly stream: ChatStream
  readonly iterator: AsyncIterator<ChatCompletionChunk>
  readonly first: IteratorResult<ChatCompletionChunk>
  readonly warnings: ModelWarning[]
  readonly includeRawChunks: boolean
  toError(thrown: unknown): unknown
}

/** The parts of a stream whose first chunk has arrived; nothing more is read than is asked for. */
function partStream({ stream, iterator, first, warnings, includeRawChunks, toError }: BegunStream) {
  const writer = new StreamPartWriter()
  let next: Promise<IteratorResult<ChatCompletionChunk>> | undefined = Promise.resolve(first)
  return new ReadableStream<StreamPart>({
    start: (controller) => controller.enqueue({ type: 'stream-start', warnings }),
    async pull(controller) {
      try {
        // A stream is not asked again before it has said something, and not every chunk has something to say.
        for (let said = 0; said === 0; ) {
          const { done, value } = await (next ?? iterator.next())
          next = undefined
          const parts: StreamPart[] = done ? writer.end() : writer.write(value)
          if (!done && includeRawChunks) parts.unshift({ type: 'raw', rawValue: value })
          for (const part of parts) controller.enqueue(part)
          said = parts.length
          if (done) controller.close()
        }
      } catch (thrown) {
        for (const part of writer.fail(toError(thrown))) controller.enqueue(part)
        controller.close()
      }
    },
    cancel: (reason) => stream.cancel(reason),
  })
}
