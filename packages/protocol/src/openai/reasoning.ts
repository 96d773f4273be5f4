/**
 * The model's thinking and the vendors' signatures on it, by all the names that servers give them, in answers and in
 * the messages of requests. Our own names are `reasoning_signature` on messages and `signature` on tool calls.
 */
import { asFields, asList, asText, type Fields } from './lenient.ts'
import { detailText, ReasoningDetails } from './reasoning-details.ts'

/** The thinking of a message or a delta. A server that gives it two of its three names says the same thing twice. */
export function reasoningOf(message: Fields): string {
  const direct = asText(message.reasoning_content) ?? asText(message.reasoning)
  if (direct !== undefined) return direct
  if (!message.reasoning_details) return ''
  return asList(message.reasoning_details).map(detailText).join('')
}

/**
 * The signature of the thinking in a message or a delta: ours, or OpenRouter's details.
 * @param details those of the deltas before.
 */
export function reasoningSignatureOf(message: Fields, details = new ReasoningDetails()): string | undefined {
  const ours = asText(message.reasoning_signature)
  if (ours !== undefined) return ours.toWellFormed()
  return message.reasoning_details ? details.push(message.reasoning_details) : undefined
}

/** The signature of a tool call: ours, or Gemini's as Google's own OpenAI endpoint spells it. */
export function callSignatureOf(call: Fields): string | undefined {
  const ours = asText(call.signature)
  if (ours !== undefined) return ours.toWellFormed()
  if (!call.extra_content) return undefined
  return asText(asFields(asFields(call.extra_content)?.google)?.thought_signature)?.toWellFormed()
}
