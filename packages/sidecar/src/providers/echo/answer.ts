/** What echo answers to a request, as daprd's `conversation.echo` does: no model, no chance, and no settings. */
import { ConversationError, type ConversationRequest, type JsonValue, type ToolCall } from '@dapr-chat/protocol'

/** The text of every part of every message, a line each. What a tool answered is introduced by the tool's name. */
export function echoText(request: ConversationRequest): string {
  const lines: string[] = []
  for (const message of request.messages) {
    const before =
      message.role === 'tool' ? `Tool Response for tool ID '${message.toolCallId}' with name '${message.name}': ` : ''
    for (const part of message.content) if (part.type === 'text') lines.push(before + part.text)
  }
  return lines.join('\n')
}

/**
 * A call of each tool of the request, with the names of its parameters as arguments (a list, and not JSON), and after
 * them the calls that stand in the request's assistant messages.
 * @throws ConversationError `provider_invalid_request` where a tool's `properties` are no object.
 */
export function echoToolCalls(request: ConversationRequest): ToolCall[] {
  const calls = (request.tools ?? []).map(({ name, parameters }, index) => ({
    id: String(index),
    name,
    arguments: propertyNames(parameters?.properties).sort().join(','),
  }))
  const earlier = request.messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : []))
  return [...calls, ...earlier]
}

function propertyNames(properties: JsonValue | undefined): string[] {
  if (properties === undefined) return []
  if (typeof properties === 'object' && properties !== null && !Array.isArray(properties))
    return Object.keys(properties)
  throw new ConversationError(
    'provider_invalid_request',
    `tool function properties must be a map[string]any, got ${goType(properties)}`,
  )
}

/** The message is daprd's and names the type as Go does. */
function goType(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
    default:
      return value === null ? '<nil>' : '[]interface {}'
  }
}
