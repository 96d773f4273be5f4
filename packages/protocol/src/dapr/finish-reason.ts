/**
 * Finish reasons as they stand on Dapr's wires. A stock daprd passes on whatever word the provider used, so reading
 * knows the words of the providers that Dapr has; writing only ever uses the five common ones.
 */
import type { FinishReason } from '../conversation/event.ts'

const known: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool_calls'],
  ['content_filter', 'content_filter'],
  ['unknown', 'unknown'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['tool_use', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['refusal', 'content_filter'],
  ['safety', 'content_filter'],
])

/** The common reason behind a word of the wire, and the word itself where it differs. An empty word is `unknown`. */
export function readFinishReason(word: string): { reason: FinishReason; raw?: string } {
  if (word === '') return { reason: 'unknown' }
  const reason = known.get(word.toLowerCase()) ?? 'unknown'
  return reason === word ? { reason } : { reason, raw: word }
}
