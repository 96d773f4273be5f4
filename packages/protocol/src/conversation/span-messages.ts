/**
 * What was said, as OpenTelemetry's conventions for generative AI write it on spans. The client's telemetry and the
 * sidecar's use it, and only where somebody has asked for it.
 */
import type { Message } from './message.ts'
import type { ConversationResult } from './result.ts'
import type { ToolCall, ToolDefinition } from './tool.ts'

/** Messages of a question as the value of an attribute. Media are named and never written out. */
export function inputMessages(messages: readonly Message[]): string {
  return JSON.stringify(
    messages.map((message) => {
      if (message.role === 'tool') {
        const response = { type: 'tool_call_response', id: message.toolCallId, response: texts(message).join('') }
        return { role: message.role, parts: [response] }
      }
      const parts = message.content.map((part) =>
        part.type === 'text' ? { type: 'text', content: part.text } : { type: 'blob', modality: part.type },
      )
      const calls = message.role === 'assistant' ? message.toolCalls.map(toolCall) : []
      return { role: message.role, parts: [...parts, ...calls] }
    }),
  )
}

/** The tools of a question as the value of an attribute. */
export function toolDefinitions(tools: readonly ToolDefinition[]): string {
  return JSON.stringify(
    tools.map(({ name, description, parameters }) => ({
      type: 'function',
      name,
      ...(description !== undefined && { description }),
      ...(parameters && { parameters }),
    })),
  )
}

/** What has arrived of an answer as the value of an attribute. */
export function outputMessages({ choices }: ConversationResult): string {
  return JSON.stringify(
    choices.map(({ text, toolCalls, finishReason }) => ({
      role: 'assistant',
      parts: [...(text === '' ? [] : [{ type: 'text', content: text }]), ...toolCalls.map(toolCall)],
      finish_reason: finishReason,
    })),
  )
}

function texts({ content }: Message): string[] {
  return content.flatMap((part) => (part.type === 'text' ? part.text : []))
}

function toolCall({ id, name, arguments: text }: ToolCall) {
  return { type: 'tool_call', id, name, arguments: text }
}
