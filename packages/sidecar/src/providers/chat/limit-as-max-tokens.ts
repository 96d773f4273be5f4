import type { ConversationRequest } from '@dapr-chat/protocol'
import { asNumber } from '@dapr-chat/protocol/openai'

/**
 * For servers that know OpenAI's older name for the limit of an answer only, and pass over the newer one without a word
 * (ollama/ollama#7125): a limit that came as `max_completion_tokens` goes out as `max_tokens`.
 */
export function limitAsMaxTokens(request: ConversationRequest): ConversationRequest {
  const { max_completion_tokens: given, ...parameters } = request.parameters ?? {}
  const limit = asNumber(given)
  return limit === undefined ? request : { ...request, parameters, maxTokens: request.maxTokens ?? limit }
}
