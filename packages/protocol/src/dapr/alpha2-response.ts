/** Answers of ConverseAlpha2, to and from a whole result: the sidecar writes them, the client reads them. */
import { create, fromJson } from '@bufbuild/protobuf'
import type { ConversationChoice, ConversationResult } from '../conversation/result.ts'
import type { ToolCall } from '../conversation/tool.ts'
import { sumUsage, type Usage } from '../conversation/usage.ts'
import { readFinishReason } from './finish-reason.ts'
import type {
  ConversationResponseAlpha2,
  ConversationResultAlpha2,
  ConversationResultChoices,
  ConversationToolCalls,
} from './gen/dapr/proto/runtime/v1/ai_pb.js'
import {
  ConversationResponseAlpha2Schema,
  ConversationResultAlpha2CompletionUsageSchema,
} from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { readUsage, writeUsage } from './usage.ts'

/**
 * Writes an answer. All choices are alternatives in one output, each with its message even where that is empty, because
 * .NET reads it unasked; what the model did not give is not set.
 */
export function writeAlpha2Response(result: ConversationResult, contextId?: string): ConversationResponseAlpha2 {
  if (result.choices.length === 0) return create(ConversationResponseAlpha2Schema, contextId ? { contextId } : {})
  return create(ConversationResponseAlpha2Schema, {
    ...(contextId && { contextId }),
    outputs: [
      {
        choices: result.choices.map((choice) => ({
          finishReason: choice.finishReason,
          ...(choice.rawFinishReason !== undefined && { rawFinishReason: choice.rawFinishReason }),
          index: BigInt(choice.index),
          message: {
            content: choice.text,
            toolCalls: choice.toolCalls.map(writeToolCall),
            ...(choice.reasoning && { reasoning: choice.reasoning }),
            ...(choice.reasoningSignature && { reasoningSignature: choice.reasoningSignature }),
            ...(choice.refusal && { refusal: choice.refusal }),
          },
        })),
        ...(result.model && { model: result.model }),
        ...(result.usage && {
          usage: fromJson(ConversationResultAlpha2CompletionUsageSchema, { ...writeUsage(result.usage) }),
        }),
      },
    ],
  })
}

/** A tool call as alpha2 has it, in requests and answers. What is empty is not set. */
export function writeToolCall({ id, name, arguments: text, signature }: ToolCall) {
  return {
    ...(id && { id }),
    toolTypes: { case: 'function' as const, value: { name, arguments: text } },
    ...(signature && { signature }),
  }
}

/**
 * Reads an answer. The choices of one output are alternatives; several outputs are pieces of one answer, as a stock daprd
 * cuts text and tool calls of one message apart, and are joined position by position.
 */
export function readAlpha2Response(wire: ConversationResponseAlpha2): {
  result: ConversationResult
  contextId?: string
} {
  const width = Math.max(0, ...wire.outputs.map((output) => output.choices.length))
  const choices = Array.from({ length: width }, (_, position) =>
    joinChoices(wire.outputs.flatMap((output) => output.choices[position] ?? [])),
  )
  const model = wire.outputs.find((output) => output.model)?.model
  const usage = joinUsage(wire.outputs)
  return {
    result: { ...(model && { model }), choices, ...(usage && { usage }) },
    ...(wire.contextId && { contextId: wire.contextId }),
  }
}

function joinChoices(pieces: readonly ConversationResultChoices[]): ConversationChoice {
  const toolCalls = pieces.flatMap((piece) => (piece.message?.toolCalls ?? []).map(readToolCall))
  const reasons = pieces.map(({ finishReason, rawFinishReason }) => readFinishReason(finishReason, rawFinishReason))
  // A piece that asks for tools decides how the whole goes on; otherwise the last piece ended the answer.
  const last = reasons.find(({ reason }) => reason === 'tool_calls') ?? reasons.at(-1)
  const reasoningSignature = pieces.findLast((piece) => piece.message?.reasoningSignature)?.message?.reasoningSignature
  return {
    index: Number(pieces[0]?.index ?? 0),
    text: pieces.map((piece) => piece.message?.content ?? '').join(''),
    reasoning: pieces.map((piece) => piece.message?.reasoning ?? '').join(''),
    ...(reasoningSignature && { reasoningSignature }),
    refusal: pieces.map((piece) => piece.message?.refusal ?? '').join(''),
    toolCalls,
    finishReason: last?.reason ?? 'unknown',
    ...(last?.raw !== undefined && { rawFinishReason: last.raw }),
  }
}

/** Reads a tool call of a request or an answer; a call of no kind has neither name nor arguments. */
export function readToolCall({ id = '', toolTypes, signature }: ConversationToolCalls): ToolCall {
  const { name = '', arguments: text = '' } = toolTypes.value ?? {}
  return { id, name, arguments: text, ...(signature && { signature }) }
}

/**
 * daprd repeats the whole answer's usage on every output, so equal ones count once; outputs that report different
 * figures each report their own.
 */
function joinUsage(outputs: readonly ConversationResultAlpha2[]): Usage | undefined {
  const usages = outputs.flatMap((output) => (output.usage ? readUsage(output.usage) : []))
  const [first, ...others] = usages
  return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : sumUsage(usages)
}
