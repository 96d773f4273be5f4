import type { FinishReason } from '../conversation/event.ts'
import { asText, type Fields } from './lenient.ts'
import type { ChatFinish } from './types.ts'

/** The words of OpenAI's wire, of the servers that claim to speak it, and of Anthropic, Gemini and Bedrock. */
const words: ReadonlyMap<string, FinishReason> = new Map(
  Object.entries({
    stop: 'stop',
    eos: 'stop',
    eos_token: 'stop',
    end_turn: 'stop',
    stop_sequence: 'stop',
    length: 'length',
    max_tokens: 'length',
    model_length: 'length',
    tool_calls: 'tool_calls',
    tool_use: 'tool_calls',
    function_call: 'tool_calls',
    content_filter: 'content_filter',
    safety: 'content_filter',
    pause_turn: 'stop',
    model_context_window_exceeded: 'length',
    refusal: 'content_filter',
    recitation: 'content_filter',
    blocklist: 'content_filter',
    prohibited_content: 'content_filter',
    spii: 'content_filter',
    image_safety: 'content_filter',
    content_filtered: 'content_filter',
    guardrail_intervened: 'content_filter',
  } as const),
)

/**
 * The common name of a provider's finish reason, made to fit what the answer holds: some providers say `stop` after
 * tool calls, others `tool_calls` without one, which would send a caller's loop round for ever.
 */
export function readFinishReason(raw: string, hasToolCalls: boolean): { reason: FinishReason; raw?: string } {
  const named = words.get(raw.toLowerCase()) ?? 'unknown'
  let reason = named
  if (named === 'stop' && hasToolCalls) reason = 'tool_calls'
  if (named === 'tool_calls' && !hasToolCalls) reason = 'stop'
  return reason === raw ? { reason } : { reason, raw: raw.toWellFormed() }
}

/** Why a choice of a completion or of its last chunk ended; undefined while it has not. */
export function readFinish(choice: Fields, hasToolCalls: boolean): { reason: FinishReason; raw?: string } | undefined {
  const word = asText(choice.finish_reason)
  if (word === undefined) return undefined
  // Our own servers and others, which name the common reason, put the vendor's word beside it.
  const native = asText(choice.native_finish_reason)?.toWellFormed()
  if (choice.finish_reason_known === false) return { reason: 'unknown', ...(native !== undefined && { raw: native }) }
  const { reason, raw } = readFinishReason(word, hasToolCalls)
  const kept = native === undefined || native === reason ? raw : native
  return kept === undefined ? { reason } : { reason, raw: kept }
}

/**
 * Why a choice ended, in OpenAI's words: programs and the official packages know no others. An unknown reason becomes the
 * one that fits what the answer holds, and says so beside it.
 */
export function writeFinish(reason: FinishReason, raw: string | undefined, hasToolCalls: boolean): ChatFinish {
  const native = raw !== undefined && { native_finish_reason: raw }
  if (reason !== 'unknown') return { finish_reason: reason, ...native }
  return { finish_reason: hasToolCalls ? 'tool_calls' : 'stop', ...native, finish_reason_known: false }
}
