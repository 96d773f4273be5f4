import type { FinishReason } from '../conversation/event.ts'

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
