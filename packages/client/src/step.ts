/** One answer of the model within a call, and what was run because of it. */
import type { ConversationResult, FinishReason } from '@dapr-chat/protocol'
import { type ChatToolCall, type ChatUsage, writeToolCall, writeUsage } from '@dapr-chat/protocol/openai'
import type { ToolResult } from './tools/tool-runs.ts'

/** One answer of the model, and what was run because of it. */
export interface Step {
  /** Counts from 1. */
  readonly index: number
  /** The text of the first choice. */
  readonly text: string
  readonly finishReason: FinishReason
  /** The provider's own word for it, where it differs. */
  readonly rawFinishReason?: string
  /** The calls that the model asked for. */
  readonly toolCalls: readonly ChatToolCall[]
  /** The results of those that were run, in the order of the calls. */
  readonly toolResults: readonly ToolResult[]
  /** The tokens of this step; absent where they were not reported. */
  readonly usage?: ChatUsage
  /** The model that answered; absent where the runtime does not say. */
  readonly model?: string
  /** How often the question was sent, retries included. */
  readonly attempts: number
}

/** The step of a finished answer. */
export function makeStep(
  result: ConversationResult,
  { index, attempts, toolResults }: Pick<Step, 'index' | 'attempts' | 'toolResults'>,
): Step {
  const { choices, model, usage } = result
  const [{ text, finishReason, rawFinishReason, toolCalls } = noChoice] = choices
  return {
    index,
    text,
    finishReason,
    ...(rawFinishReason !== undefined && { rawFinishReason }),
    toolCalls: toolCalls.map(writeToolCall),
    toolResults,
    ...(usage && { usage: writeUsage(usage) }),
    ...(model !== undefined && { model }),
    attempts,
  }
}

const noChoice = { text: '', finishReason: 'unknown', rawFinishReason: undefined, toolCalls: [] } as const
