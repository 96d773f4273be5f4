/** An answer as the AI SDK wants it to arrive: blocks with a beginning, deltas and an end, then calls, then the finish. */
import type { ChatDelta, ChatToolCall, ChatUsage } from '@dapr-chat/protocol/openai'
import type { ChatCompletionChunk } from '../chat-stream.ts'
import {
  type AnswerUsage,
  type FinishReason,
  type PieceMetadata,
  refused,
  signed,
  type ToolCallContent,
  writeFinish,
  writeToolCall,
  writeUsage,
} from './answer.ts'
import type { ModelWarning } from './model-settings.ts'

/** A part of a stream. */
export type StreamPart =
  | { type: 'stream-start'; warnings: ModelWarning[] }
  | { type: 'response-metadata'; id: string; timestamp: Date; modelId?: string }
  | ({ type: 'text-start' | 'text-end' | 'reasoning-start' | 'reasoning-end'; id: string } & PieceMetadata)
  | { type: 'text-delta' | 'reasoning-delta' | 'tool-input-delta'; id: string; delta: string }
  | { type: 'tool-input-start'; id: string; toolName: string }
  | { type: 'tool-input-end'; id: string }
  | ToolCallContent
  | { type: 'finish'; finishReason: FinishReason; usage: AnswerUsage }
  | { type: 'raw'; rawValue: unknown }
  | { type: 'error'; error: unknown }

type BlockKind = 'text' | 'reasoning' | 'refusal'

interface Block {
  readonly kind: BlockKind
  readonly id: string
}

/** Turns the chunks of one answer into parts. Only the first choice counts. */
export class StreamPartWriter {
  readonly #calls = new Map<number, ChatToolCall>()
  #block: Block | undefined
  #blocks = 0
  #signature: string | undefined
  #begun = false
  #usage: ChatUsage | undefined
  #finish: FinishReason = { unified: 'other', raw: undefined }

  /** The parts of one chunk. */
  write(chunk: ChatCompletionChunk): StreamPart[] {
    const parts: StreamPart[] = []
    if (!this.#begun) {
      this.#begun = true
      const { id, created, model } = chunk
      const named = model !== undefined && { modelId: model }
      parts.push({ type: 'response-metadata', id, timestamp: new Date(created * 1000), ...named })
    }
    if (chunk.usage) this.#usage = chunk.usage
    for (const choice of chunk.choices) {
      if (choice.index !== 0) continue
      this.#delta(choice.delta, parts)
      if (choice.finish_reason === null) continue
      this.#finish = writeFinish(choice)
      this.#close(parts)
      this.#endCalls(parts)
    }
    return parts
  }

  /** The parts after the last chunk. */
  end(): StreamPart[] {
    return [{ type: 'finish', finishReason: this.#finish, usage: writeUsage(this.#usage) }]
  }

  /** The parts after a failure: the error, and an end for what was open. Calls that are not whole are not made. */
  fail(error: unknown): StreamPart[] {
    const parts: StreamPart[] = [{ type: 'error', error }]
    this.#close(parts)
    const finishReason = { unified: 'error', raw: undefined } as const
    parts.push({ type: 'finish', finishReason, usage: writeUsage(this.#usage) })
    return parts
  }

  #delta(delta: ChatDelta, parts: StreamPart[]): void {
    const { reasoning_content, reasoning_signature, content, refusal, tool_calls = [] } = delta
    if (reasoning_content) {
      parts.push({ type: 'reasoning-delta', id: this.#open('reasoning', parts), delta: reasoning_content })
    }
    if (reasoning_signature) {
      // It may come alone, where the vendor does not show what was thought.
      this.#open('reasoning', parts)
      this.#signature = reasoning_signature
    }
    if (content) parts.push({ type: 'text-delta', id: this.#open('text', parts), delta: content })
    if (refusal) parts.push({ type: 'text-delta', id: this.#open('refusal', parts), delta: refusal })
    for (const call of tool_calls) this.#call(call, parts)
  }

  #call(delta: NonNullable<ChatDelta['tool_calls']>[number], parts: StreamPart[]): void {
    const { index, id, function: called, signature } = delta
    const piece = called?.arguments ?? ''
    let call = this.#calls.get(index)
    if (!call) {
      this.#close(parts)
      call = { id: id ?? '', type: 'function', function: { name: called?.name ?? '', arguments: '' } }
      this.#calls.set(index, call)
      parts.push({ type: 'tool-input-start', id: call.id, toolName: call.function.name })
    }
    call.function.arguments += piece
    if (signature) call.signature = signature
    if (piece !== '') parts.push({ type: 'tool-input-delta', id: call.id, delta: piece })
  }

  #endCalls(parts: StreamPart[]): void {
    for (const call of this.#calls.values()) parts.push({ type: 'tool-input-end', id: call.id }, writeToolCall(call))
    this.#calls.clear()
  }

  /** The open block of that kind, which this opens where there is none. */
  #open(kind: BlockKind, parts: StreamPart[]): string {
    if (this.#block?.kind === kind) return this.#block.id
    this.#close(parts)
    const id = String(this.#blocks++)
    this.#block = { kind, id }
    parts.push({ type: startOf[kind], id, ...(kind === 'refusal' && refused) })
    return id
  }

  #close(parts: StreamPart[]): void {
    const block = this.#block
    if (!block) return
    this.#block = undefined
    const metadata: PieceMetadata =
      block.kind === 'reasoning' ? signed(this.#signature) : block.kind === 'refusal' ? refused : {}
    this.#signature = undefined
    parts.push({ type: endOf[block.kind], id: block.id, ...metadata })
  }
}

const startOf = { text: 'text-start', reasoning: 'reasoning-start', refusal: 'text-start' } as const
const endOf = { text: 'text-end', reasoning: 'reasoning-end', refusal: 'text-end' } as const
