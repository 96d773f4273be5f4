import type { ConversationResult } from '../conversation/result.ts'
import { writeFinish } from './finish-reason.ts'
import { writeToolCall } from './tool-call.ts'
import type { ChatCompletion } from './types.ts'
import { writeUsage } from './usage.ts'

/** What a whole completion says beside the answer. */
export interface ChatCompletionOptions {
  /** The answer's id where the provider gives none. */
  readonly id: string
  /** The model's name where the provider gives none. */
  readonly model: string
  /** Seconds since 1970. */
  readonly created: number
}

/** A whole answer in OpenAI's shape. The reading direction is `ChatStreamReader`, which takes whole bodies as well. */
export function writeChatCompletion(result: ConversationResult, options: ChatCompletionOptions): ChatCompletion {
  return {
    id: result.id ?? options.id,
    object: 'chat.completion',
    created: options.created,
    model: result.model ?? options.model,
    choices: result.choices.map(({ index, text, reasoning, reasoningSignature, refusal, toolCalls, ...end }) => ({
      index,
      message: {
        role: 'assistant',
        content: text === '' && (toolCalls.length > 0 || refusal !== '') ? null : text,
        refusal: refusal === '' ? null : refusal,
        ...(reasoning !== '' && { reasoning_content: reasoning }),
        ...(reasoningSignature && { reasoning_signature: reasoningSignature }),
        ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(writeToolCall) }),
      },
      logprobs: null,
      ...writeFinish(end.finishReason, end.rawFinishReason, toolCalls.length > 0),
    })),
    ...(result.usage && { usage: writeUsage(result.usage) }),
  }
}
