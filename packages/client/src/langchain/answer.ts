/** The client's answers as LangChain's messages, whole and in pieces. */

import type { ChatDelta, ChatFinish, ChatToolCall, ChatUsage } from '@dapr-chat/protocol/openai'
import { AIMessage, AIMessageChunk, type UsageMetadata } from '@langchain/core/messages'
import { ChatGenerationChunk } from '@langchain/core/outputs'
import type { ChatCompletionChunk } from '../chat-stream.ts'
import type { ChatResult } from '../result.ts'
import type { ChatWarning } from '../warning.ts'
import type { AnswerExtras } from './messages.ts'

/** The whole answer: its first choice. */
export function writeMessage(result: ChatResult): AIMessage {
  const { id, model, usage, warnings } = result
  const [choice] = result.choices
  const { content, refusal, reasoning_content, reasoning_signature, tool_calls = [] } = choice.message
  const calls = tool_calls.map(writeToolCall)
  return new AIMessage({
    id,
    content: content ?? '',
    tool_calls: calls.flatMap(({ args, ...call }) => (typeof args === 'string' ? [] : [{ ...call, args }])),
    invalid_tool_calls: calls.flatMap(({ args, ...call }) =>
      typeof args === 'string'
        ? [{ ...call, type: 'invalid_tool_call', args, error: 'The arguments are no JSON object.' }]
        : [],
    ),
    additional_kwargs: writeExtras({ refusal, reasoning_content, reasoning_signature, tool_calls }),
    response_metadata: { ...writeHead(model, warnings), ...writeFinish(choice) },
    ...withUsage(usage),
  })
}

/** Turns the chunks of one answer into LangChain's, which concatenate to the same as the whole answer. */
export class ChunkWriter {
  readonly #ids = new Map<number, string>()
  readonly #warnings: readonly ChatWarning[]
  #begun = false

  constructor(warnings: readonly ChatWarning[]) {
    this.#warnings = warnings
  }

  /** The piece that one chunk brings. */
  write({ id, model, choices, usage }: ChatCompletionChunk): ChatGenerationChunk {
    const choice = choices.find(({ index }) => index === 0)
    const { content = '', tool_calls = [], ...extras }: ChatDelta = choice?.delta ?? {}
    // Texts that came twice would be put together, so everything is said once.
    const head = this.#begun ? {} : writeHead(model, this.#warnings)
    this.#begun = true
    const signed = tool_calls.map(({ index, id: callId, signature }) => {
      if (callId !== undefined) this.#ids.set(index, callId)
      return { id: this.#ids.get(index) ?? '', ...(signature && { signature }) }
    })
    const message = new AIMessageChunk({
      id,
      content,
      tool_call_chunks: tool_calls.map(({ index, id: callId, function: called }) => ({
        type: 'tool_call_chunk',
        index,
        args: called?.arguments ?? '',
        ...(callId !== undefined && { id: callId }),
        ...(called?.name !== undefined && { name: called.name }),
      })),
      additional_kwargs: writeExtras({ ...extras, tool_calls: signed }),
      response_metadata: { ...head, ...(choice && choice.finish_reason !== null && writeFinish(choice)) },
      ...withUsage(usage),
    })
    return new ChatGenerationChunk({ text: content, message })
  }
}

function writeToolCall({ id, function: { name, arguments: text } }: ChatToolCall) {
  return { type: 'tool_call' as const, id, name, args: parseObject(text) ?? text }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

interface Extras {
  readonly reasoning_content?: string | undefined
  readonly reasoning_signature?: string | undefined
  readonly refusal?: string | null | undefined
  readonly tool_calls: readonly { readonly id: string; readonly signature?: string }[]
}

function writeExtras({ refusal, reasoning_content, reasoning_signature, tool_calls }: Extras): AnswerExtras {
  const signatures = tool_calls.flatMap(({ id, signature }) => (signature ? [[id, signature] as const] : []))
  return {
    ...(reasoning_content && { reasoning_content }),
    ...(reasoning_signature && { reasoning_signature }),
    ...(refusal && { refusal }),
    ...(signatures.length > 0 && { tool_call_signatures: Object.fromEntries(signatures) }),
  }
}

function writeHead(model: string | undefined, warnings: readonly ChatWarning[]) {
  return {
    model_provider: 'dapr',
    ...(model !== undefined && { model_name: model }),
    ...(warnings.length > 0 && { warnings: [...warnings] }),
  }
}

function writeFinish({ finish_reason, native_finish_reason, finish_reason_known }: ChatFinish) {
  return {
    finish_reason: finish_reason_known === false ? 'unknown' : finish_reason,
    ...(native_finish_reason !== undefined && { native_finish_reason }),
  }
}

function withUsage(usage: ChatUsage | null | undefined): { usage_metadata?: never } {
  // LangChain's types let nobody give the counts where optional properties are exact.
  return usage ? { usage_metadata: writeUsage(usage) as never } : {}
}

function writeUsage(usage: ChatUsage): UsageMetadata {
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details, completion_tokens_details } = usage
  const { cached_tokens: cached, audio_tokens: heard } = prompt_tokens_details ?? {}
  const { reasoning_tokens: reasoning, audio_tokens: spoken } = completion_tokens_details ?? {}
  const input = { ...(cached !== undefined && { cache_read: cached }), ...(heard !== undefined && { audio: heard }) }
  const output = { ...(reasoning !== undefined && { reasoning }), ...(spoken !== undefined && { audio: spoken }) }
  return {
    input_tokens: prompt_tokens,
    output_tokens: completion_tokens,
    total_tokens,
    ...(Object.keys(input).length > 0 && { input_token_details: input }),
    ...(Object.keys(output).length > 0 && { output_token_details: output }),
  }
}
