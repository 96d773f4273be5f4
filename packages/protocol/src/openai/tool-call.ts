import type { ToolCall } from '../conversation/tool.ts'
import type { ChatToolCall } from './types.ts'

/** A whole tool call in OpenAI's shape, as answers hold it. */
export function writeToolCall({ id, name, arguments: text, signature }: ToolCall): ChatToolCall {
  return { id, type: 'function', function: { name, arguments: text }, ...(signature && { signature }) }
}
