import type { FinishReason } from '../conversation/event.ts'

/** The words of the OpenAI wire and of the servers that claim to speak it. */
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
