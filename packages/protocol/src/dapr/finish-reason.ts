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

/**
 * The common reason behind a word of the wire, and the provider's own word where it differs: the one that our sidecar
 * puts beside the reason, or the word itself. An empty word is `unknown`.
 */
export function readFinishReason(word: string, beside?: string): { reason: FinishReason; raw?: string } {
  const reason = known.get(word.toLowerCase()) ?? 'unknown'
  const raw = word === '' || reason === word ? beside : word
  return raw === undefined ? { reason } : { reason, raw }
}
