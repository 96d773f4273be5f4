/** The whole answer in OpenAI's shape, with what programs would otherwise work out from it themselves. */
import type { ConversationResult } from '@dapr-chat/protocol'
import {
  type ChatCompletion,
  type ChatFinishReason,
  type ChatToolCall,
  writeChatCompletion,
  writeToolCall,
  writeUsage,
} from '@dapr-chat/protocol/openai'
import type { PartialAnswer } from './errors.ts'
import type { ChatAssistantMessage, ChatMessage } from './message.ts'
import type { Metrics } from './metrics.ts'

/** Something that was done otherwise than asked, and why. */
export interface ChatWarning {
  readonly code: 'simulated_stream'
  readonly message: string
}

/** One complete answer of the model. */
export type ChatChoice = ChatCompletion['choices'][number]

/** What `generate` returns and a stream's `result` holds. */
export interface ChatResult extends Omit<ChatCompletion, 'model' | 'choices'> {
  /** The model that answered; absent where the runtime does not say. */
  readonly model?: string
  readonly choices: [ChatChoice, ...ChatChoice[]]
  /** The text of the first choice; empty where there is none. */
  readonly text: string
  readonly finishReason: ChatFinishReason
  /** The calls that the model asks for. */
  readonly toolCalls: readonly ChatToolCall[]
  /** What this call adds to the conversation, ready to be pushed on its history. */
  readonly messages: readonly ChatMessage[]
  readonly contextId?: string
  readonly metrics: Metrics
  readonly warnings: readonly ChatWarning[]
}

/** What is the same in a result and in every chunk of its stream. */
export interface Envelope {
  /** The answer's id where the provider gives none. */
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
  readonly contextId: string | undefined
}

/** A new envelope, for one question. */
export function makeEnvelope(contextId: string | undefined): Envelope {
  return { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1000), contextId }
}

/** Leaves out a model that nobody named; the OpenAI wire, which we share it with, has to say something there. */
export function withoutEmptyModel<T extends { model: string }>(shape: T): Omit<T, 'model'> & { model?: string } {
  if (shape.model !== '') return shape
  const { model: _, ...rest } = shape
  return rest
}

/** The result of a finished answer, which has at least one choice. */
export function makeResult(
  result: ConversationResult,
  { id, created, contextId }: Envelope,
  metrics: Metrics,
  warnings: readonly ChatWarning[],
): ChatResult {
  const { choices, ...completion } = withoutEmptyModel(writeChatCompletion(result, { id, created, model: '' }))
  const [first, ...others] = choices
  if (!first) throw new TypeError('a finished answer has at least one choice')
  const { message } = first
  const toolCalls = message.tool_calls ?? []
  const said: ChatAssistantMessage = {
    role: 'assistant',
    content: message.content,
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
    ...(message.refusal !== null && { refusal: message.refusal }),
    ...(message.reasoning_content !== undefined && { reasoning_content: message.reasoning_content }),
    ...(message.reasoning_signature !== undefined && { reasoning_signature: message.reasoning_signature }),
  }
  return {
    ...completion,
    choices: [first, ...others],
    text: message.content ?? '',
    finishReason: first.finish_reason,
    toolCalls,
    messages: [said],
    ...(contextId !== undefined && { contextId }),
    metrics,
    warnings,
  }
}

/** What has arrived of an answer's first choice. */
export function partialAnswer({ choices: [choice], usage }: ConversationResult): PartialAnswer {
  return {
    text: choice?.text ?? '',
    toolCalls: (choice?.toolCalls ?? []).map(writeToolCall),
    ...(usage && { usage: writeUsage(usage) }),
  }
}
