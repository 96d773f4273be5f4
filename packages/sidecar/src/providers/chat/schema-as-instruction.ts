import type { ConversationRequest } from '@dapr-chat/protocol'

/**
 * For servers that can promise JSON but not a schema: the schema goes to the model as an instruction in front of the
 * conversation, and the server is asked for JSON. The model then keeps to it as well as it can.
 */
export function schemaAsInstruction(request: ConversationRequest): ConversationRequest {
  const { responseFormat } = request
  if (responseFormat?.type !== 'json_schema') return request
  const { description, schema } = responseFormat
  const what = description === undefined ? '' : ` (${description})`
  const text = `Answer only with JSON${what} that fits this JSON Schema: ${JSON.stringify(schema)}`
  return {
    ...request,
    messages: [{ role: 'system', content: [{ type: 'text', text }] }, ...request.messages],
    responseFormat: { type: 'json_object' },
  }
}
