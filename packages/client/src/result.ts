/** The whole answer in OpenAI's shape, with what programs would otherwise work out from it themselves. */
import type { ConversationResult, FinishReason } from '@dapr-chat/protocol'
import {
  type ChatCompletion,
  type ChatToolCall,
  type ChatUsage,
  writeChatCompletion,
  writeToolCall,
  writeUsage,
} from '@dapr-chat/protocol/openai'
import type { PartialAnswer } from './errors.ts'
import type { ChatAssistantMessage, ChatMessage } from './message.ts'
import type { Metrics } from './metrics.ts'
import type { Step } from './step.ts'
import type { ChatWarning } from './warning.ts'

/** One complete answer of the model. */
export type ChatChoice = ChatCompletion['choices'][number]

/**
 * Why a call ended. `complete`: the model has answered. `tool-calls`: it asks for tools that are the program's to run.
 * `max-steps`: it asked for tools in the last of `maxSteps` steps; they were run, and their results are in `messages`.
 * `approval-denied`: a tool was not approved.
 */
export type StopReason = 'complete' | 'tool-calls' | 'max-steps' | 'approval-denied'

/** What `generate` returns and a stream's `result` holds. The choices, the text and the model are those of the last step. */
export interface ChatResult<T = never> extends Omit<ChatCompletion, 'model' | 'choices' | 'usage'>, CallSummary {
  /** The model that answered; absent where the runtime does not say. */
  readonly model?: string
  readonly choices: [ChatChoice, ...ChatChoice[]]
  /** The text of the first choice; empty where there is none. */
  readonly text: string
  /** Why the first choice ended; `unknown`, which OpenAI does not have, where the provider gave no common reason. */
  readonly finishReason: FinishReason
  /** The provider's own word for it, where it differs. */
  readonly rawFinishReason?: string
  /**
   * The value of the option `output`; absent without that option.
   * @throws StructuredOutputError where the call ended before the model gave the value: see `stopReason`.
   */
  readonly output: T
}

/** What a result says of the whole call, with all its steps. */
export interface CallSummary {
  /** Token counts, summed over the steps that reported any; absent where none did. */
  readonly usage?: ChatUsage
  /** The calls of the last step that are the program's to answer: those that were not run here. */
  readonly toolCalls: readonly ChatToolCall[]
  readonly stopReason: StopReason
  /** The answers of the model, in order, with what was run in between. */
  readonly steps: readonly Step[]
  /**
   * What this call adds to the conversation, ready to be pushed on its history: what the model said, and the results of
   * tools. Structured answers that were wrong and asked for anew are left out; they stand in `steps`.
   */
  readonly messages: readonly ChatMessage[]
  readonly contextId?: string
  readonly metrics: Metrics
  readonly warnings: readonly ChatWarning[]
  /** The last answer as the wire had it, parsed; absent where it was streamed, and where the transport does not say. */
  readonly raw?: unknown
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

/** A finished answer in OpenAI's shape. It has at least one choice. */
export type Completion = Omit<ChatCompletion, 'model' | 'choices'> & Pick<ChatResult, 'model' | 'choices'>

/** The answer of one step in OpenAI's shape. */
export function makeCompletion(result: ConversationResult, { id, created }: Envelope): Completion {
  const { choices, ...completion } = withoutEmptyModel(writeChatCompletion(result, { id, created, model: '' }))
  const [first, ...others] = choices
  if (!first) throw new TypeError('a finished answer has at least one choice')
  return { ...completion, choices: [first, ...others] }
}

/** What the model said, ready to go back into the history. */
export function assistantMessage({ choices: [{ message }] }: Completion): ChatAssistantMessage {
  const toolCalls = message.tool_calls ?? []
  return {
    role: 'assistant',
    content: message.content,
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
    ...(message.refusal !== null && { refusal: message.refusal }),
    ...(message.reasoning_content !== undefined && { reasoning_content: message.reasoning_content }),
    ...(message.reasoning_signature !== undefined && { reasoning_signature: message.reasoning_signature }),
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
