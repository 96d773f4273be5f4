/**
 * Writes the stream of alpha1 in the last shape of Dapr's unreleased work: chunks of text as they come, tool calls whole,
 * then exactly one `complete`. For the sidecar only; the sidecar's gRPC edge calls it.
 */
import type { MessageInitShape } from '@bufbuild/protobuf'
import { create } from '@bufbuild/protobuf'
import type { ConversationEvent } from '../conversation/event.ts'
import type { ConversationChoice } from '../conversation/result.ts'
import { ResultFold } from '../conversation/result.ts'
import type { Usage } from '../conversation/usage.ts'
import type {
  ContentPartSchema,
  ConversationRequest as ConversationRequestAlpha1,
  ConversationStreamResponse,
} from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { ConversationStreamResponseSchema } from './gen/dapr/proto/runtime/v1/ai_pb.js'

type PartInit = MessageInitShape<typeof ContentPartSchema>

/**
 * Writes the events of one answer. Chunks have no place for a choice's number, so they carry the first choice; all
 * choices stand in `complete`.
 */
export class Alpha1StreamWriter {
  readonly #request: ConversationRequestAlpha1
  readonly #fold = new ResultFold()
  #chunks = 0

  /** `request` is what the caller sent; its context id and parameters are given back. */
  constructor(request: ConversationRequestAlpha1) {
    this.#request = request
  }

  /** The messages of a batch: a chunk for each piece of text, and one for the tool calls once the model has finished. */
  messages(batch: readonly ConversationEvent[]): ConversationStreamResponse[] {
    const messages: ConversationStreamResponse[] = []
    for (const event of batch) {
      this.#fold.add(event)
      if (event.type === 'text-delta' && event.choice === 0) {
        messages.push(this.#chunk([textPart(event.text)]))
      } else if (event.type === 'finish' && event.choice === 0) {
        const calls = callParts(this.#fold.partial.choices.find(({ index }) => index === 0))
        if (calls.length > 0) messages.push(this.#chunk(calls, 'tool_calls'))
      }
    }
    return messages
  }

  /**
   * The one message that ends the stream.
   * @throws ConversationError `interrupted` where a choice has no finish reason.
   */
  end(): ConversationStreamResponse {
    const { choices, usage } = this.#fold.result
    const { contextID, parameters } = this.#request
    return create(ConversationStreamResponseSchema, {
      responseType: {
        case: 'complete',
        value: {
          ...(contextID && { contextID }),
          ...(usage && { usage: writeUsageAlpha1(usage) }),
          outputs: choices.map((choice) => ({
            result: choice.text,
            parameters,
            finishReason: choice.finishReason,
            parts: [...(choice.text === '' ? [] : [textPart(choice.text)]), ...callParts(choice)],
          })),
        },
      },
    })
  }

  #chunk(parts: PartInit[], finishReason?: string): ConversationStreamResponse {
    return create(ConversationStreamResponseSchema, {
      responseType: {
        case: 'chunk',
        value: {
          parts,
          chunkIndex: this.#chunks++,
          isDelta: finishReason === undefined,
          ...(finishReason !== undefined && { finishReason }),
        },
      },
    })
  }
}

function textPart(text: string): PartInit {
  return { contentType: { case: 'text', value: { text } } }
}

function callParts(choice: ConversationChoice | undefined): PartInit[] {
  return (choice?.toolCalls ?? []).map(({ id, name, arguments: text }) => ({
    contentType: { case: 'toolCall', value: { id, type: 'function', name, arguments: text } },
  }))
}

function writeUsageAlpha1({ promptTokens, completionTokens, totalTokens }: Usage) {
  return {
    promptTokens: toUint32(promptTokens),
    completionTokens: toUint32(completionTokens),
    totalTokens: toUint32(totalTokens),
  }
}

/** Providers have been seen to report fractions and negative counts; the wire has neither. */
function toUint32(tokens: number): number {
  return Math.min(Math.max(Math.round(tokens) || 0, 0), 0xffff_ffff)
}
