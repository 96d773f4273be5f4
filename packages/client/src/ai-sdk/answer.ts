/** A whole answer of the client in the AI SDK's words, and the pieces of it that a stream says too. */
import type { ChatFinish, ChatToolCall, ChatUsage } from '@dapr-chat/protocol/openai'
import type { ChatResult } from '../result.ts'
import type { ChatWarning } from '../warning.ts'
import { type ModelWarning, providerName } from './model-settings.ts'

// The shapes are written out, because the types of the AI SDK's two major versions cannot be exchanged for each other.

/** What we keep with a piece of an answer, for the AI SDK to give back. */
export interface PieceMetadata {
  providerMetadata?: Record<string, Record<string, string | boolean>>
}

/** A call whose arguments are whole. */
export interface ToolCallContent extends PieceMetadata {
  type: 'tool-call'
  toolCallId: string
  toolName: string
  /** The arguments as the model wrote them. */
  input: string
}

/** A piece of a whole answer. */
export type AnswerContent = ({ type: 'text' | 'reasoning'; text: string } & PieceMetadata) | ToolCallContent

/** Why an answer ended, and the provider's own word for it. */
export interface FinishReason {
  unified: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other'
  raw: string | undefined
}

/** Token counts; what was not reported is undefined. */
export interface AnswerUsage {
  inputTokens: {
    total: number | undefined
    noCache: number | undefined
    cacheRead: number | undefined
    cacheWrite: undefined
  }
  outputTokens: { total: number | undefined; text: number | undefined; reasoning: number | undefined }
  /** The counts as the client reports them. */
  raw?: Record<string, number | Record<string, number>>
}

/** A whole answer. */
export interface GenerateResult {
  content: AnswerContent[]
  finishReason: FinishReason
  usage: AnswerUsage
  response: { id: string; timestamp: Date; modelId?: string }
  warnings: ModelWarning[]
}

/** The whole answer: its first choice, as the AI SDK has room for one. */
export function writeAnswer(result: ChatResult, warnings: readonly ModelWarning[]): GenerateResult {
  const { choices, usage, id, created, model } = result
  const [choice] = choices
  const { content, refusal, reasoning_content, reasoning_signature, tool_calls = [] } = choice.message
  const parts: GenerateResult['content'] = []
  if (reasoning_content || reasoning_signature) {
    parts.push({ type: 'reasoning', text: reasoning_content ?? '', ...signed(reasoning_signature) })
  }
  if (content) parts.push({ type: 'text', text: content })
  if (refusal) parts.push({ type: 'text', text: refusal, ...refused })
  parts.push(...tool_calls.map(writeToolCall))
  return {
    content: parts,
    finishReason: writeFinish(choice),
    usage: writeUsage(usage),
    response: { id, timestamp: new Date(created * 1000), ...(model !== undefined && { modelId: model }) },
    warnings: [...warnings, ...writeWarnings(result.warnings)],
  }
}

/** What the client did otherwise than asked. */
export function writeWarnings(warnings: readonly ChatWarning[]): ModelWarning[] {
  return warnings.map(({ code, option, message }) =>
    code === 'left_out' && option !== undefined
      ? { type: 'unsupported', feature: option, details: message }
      : { type: 'other', message },
  )
}

/** A call whose arguments are whole. */
export function writeToolCall({ id, function: called, signature }: ChatToolCall): ToolCallContent {
  const { name, arguments: input } = called
  return { type: 'tool-call', toolCallId: id, toolName: name, input, ...signed(signature) }
}

const reasons = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  content_filter: 'content-filter',
} as const

/** Why the answer ended, and the provider's own word for it. */
export function writeFinish(finish: ChatFinish): FinishReason {
  const { finish_reason, native_finish_reason, finish_reason_known } = finish
  if (finish_reason_known === false) return { unified: 'other', raw: native_finish_reason }
  return { unified: reasons[finish_reason], raw: native_finish_reason ?? finish_reason }
}

/** Token counts; what was not reported is undefined. */
export function writeUsage(usage: ChatUsage | null | undefined): AnswerUsage {
  const cached = usage?.prompt_tokens_details?.cached_tokens
  const reasoning = usage?.completion_tokens_details?.reasoning_tokens
  const [input, output] = [usage?.prompt_tokens, usage?.completion_tokens]
  return {
    inputTokens: { total: input, noCache: less(input, cached), cacheRead: cached, cacheWrite: undefined },
    outputTokens: { total: output, text: less(output, reasoning), reasoning },
    ...(usage && { raw: { ...usage } }),
  }
}

function less(total: number | undefined, part: number | undefined): number | undefined {
  return total === undefined || part === undefined ? undefined : Math.max(0, total - part)
}

/** Marks text with which the model refuses to answer, so that it goes back as a refusal. */
export const refused = { providerMetadata: { [providerName]: { refusal: true } } }

/** The vendor's signature, in the place where the AI SDK keeps it with what it signs. */
export function signed(signature: string | undefined): PieceMetadata {
  return signature ? { providerMetadata: { [providerName]: { signature } } } : {}
}
