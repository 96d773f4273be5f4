/**
 * One frame of the alpha2 stream in its two spellings: the protojson object, which `stream-alpha2.ts` builds, and the
 * binary message made of it. Both are written by hand instead of through protobuf-es messages, because every token
 * passes here; tests hold them equal to what protobuf-es makes of the same message.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { UsageJson } from './usage.ts'

/** One frame as protojson: `ConversationStreamResponseAlpha2`, zeros absent. */
export interface StreamFrame {
  contextId?: string
  choices?: [StreamFrameChoice]
  model?: string
  usage?: UsageJson
  id?: string
}

/** The one choice of a frame. */
export interface StreamFrameChoice {
  index?: number
  delta?: StreamFrameDelta
  finishReason?: string
  rawFinishReason?: string
}

/** What a frame adds to its choice. */
export interface StreamFrameDelta {
  role?: string
  content?: string
  reasoning?: string
  refusal?: string
  toolCalls?: [StreamFrameToolCall]
  reasoningSignature?: string
}

/** What a frame adds to a tool call. */
export interface StreamFrameToolCall {
  index?: number
  id?: string
  name?: string
  arguments?: string
  complete?: boolean
  signature?: string
}

/** A field number with the wire type that all strings and messages have, as it stands on the wire. */
function tag(field: number): number {
  return (field << 3) | WireType.LengthDelimited
}

function varint(field: number): number {
  return (field << 3) | WireType.Varint
}

/** Encodes a frame as `ConversationStreamResponseAlpha2`, fields in the order of their numbers. */
export function frameToBinary(frame: StreamFrame): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter()
  string(writer, 1, frame.contextId)
  for (const choice of frame.choices ?? []) {
    writer.uint32(tag(2)).fork()
    writeChoice(writer, choice)
    writer.join()
  }
  string(writer, 3, frame.model)
  if (frame.usage) {
    writer.uint32(tag(4)).fork()
    writeUsageBinary(writer, frame.usage)
    writer.join()
  }
  string(writer, 5, frame.id)
  return writer.finish()
}

function writeChoice(writer: BinaryWriter, choice: StreamFrameChoice): void {
  if (choice.index !== undefined) writer.uint32(varint(1)).int32(choice.index)
  if (choice.delta) {
    writer.uint32(tag(2)).fork()
    string(writer, 1, choice.delta.role)
    string(writer, 2, choice.delta.content)
    string(writer, 3, choice.delta.reasoning)
    string(writer, 4, choice.delta.refusal)
    for (const toolCall of choice.delta.toolCalls ?? []) {
      writer.uint32(tag(5)).fork()
      if (toolCall.index !== undefined) writer.uint32(varint(1)).int32(toolCall.index)
      string(writer, 2, toolCall.id)
      string(writer, 3, toolCall.name)
      string(writer, 4, toolCall.arguments)
      if (toolCall.complete !== undefined) writer.uint32(varint(5)).bool(toolCall.complete)
      string(writer, 6, toolCall.signature)
      writer.join()
    }
    string(writer, 6, choice.delta.reasoningSignature)
    writer.join()
  }
  string(writer, 3, choice.finishReason)
  string(writer, 4, choice.rawFinishReason)
}

function writeUsageBinary(writer: BinaryWriter, usage: UsageJson): void {
  count(writer, 1, usage.completionTokens)
  count(writer, 2, usage.promptTokens)
  count(writer, 3, usage.totalTokens)
  const completion = usage.completionTokensDetails
  if (completion) {
    writer.uint32(tag(4)).fork()
    count(writer, 1, completion.acceptedPredictionTokens)
    count(writer, 2, completion.audioTokens)
    count(writer, 3, completion.reasoningTokens)
    count(writer, 4, completion.rejectedPredictionTokens)
    writer.join()
  }
  const prompt = usage.promptTokensDetails
  if (prompt) {
    writer.uint32(tag(5)).fork()
    count(writer, 1, prompt.audioTokens)
    count(writer, 2, prompt.cachedTokens)
    writer.join()
  }
}

function string(writer: BinaryWriter, field: number, value: string | undefined): void {
  if (value !== undefined) writer.uint32(tag(field)).string(value)
}

function count(writer: BinaryWriter, field: number, value: string | undefined): void {
  if (value !== undefined) writer.uint32(varint(field)).uint64(value)
}
