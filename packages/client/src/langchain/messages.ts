/** LangChain's messages in the client's words. */

import type { ChatToolCall } from '@dapr-chat/protocol/openai'
import {
  type AIMessage,
  type BaseMessage,
  ChatMessage as GenericMessage,
  type ToolMessage,
} from '@langchain/core/messages'
import { InvalidRequestError } from '../errors.ts'
import type { ChatMessage } from '../message.ts'
import { readContentBlock, textOfBlocks } from './content-blocks.ts'

/** What of an answer has no place of its own in LangChain's messages stands in their `additional_kwargs`. */
export type AnswerExtras = {
  /** The thinking. */
  readonly reasoning_content?: string
  /** The vendor's signature of the thinking; it goes back as it came. */
  readonly reasoning_signature?: string
  readonly refusal?: string
  /** The vendor's signatures of calls, by their ids; they go back as they came. */
  readonly tool_call_signatures?: Readonly<Record<string, string>>
}

/**
 * The client's messages.
 * @throws InvalidRequestError for a message or a part that the client has no word for.
 */
export function readMessages(messages: readonly BaseMessage[]): ChatMessage[] {
  return messages.map(readMessage)
}

function readMessage(message: BaseMessage): ChatMessage {
  const named = message.name !== undefined && { name: message.name }
  const role = roleOf(message)
  switch (role) {
    case 'system':
    case 'developer':
      return { role, content: textOfBlocks(message.content), ...named }
    case 'human':
    case 'user': {
      const { content } = message
      if (typeof content === 'string') return { role: 'user', content, ...named }
      return { role: 'user', content: content.map((block) => readContentBlock(block)), ...named }
    }
    case 'ai':
    case 'assistant':
      return { ...readAnswer(message), ...named }
    case 'tool': {
      const { tool_call_id = '', status } = message as Partial<ToolMessage>
      const content = textOfBlocks(message.content)
      return { role, tool_call_id, content, isError: status === 'error', ...named }
    }
    default:
      throw new InvalidRequestError(
        `Cannot read a message: it must be of a system, a developer, a human, an AI or a tool: current value is "${role}"`,
      )
  }
}

function roleOf(message: BaseMessage): string {
  if (GenericMessage.isInstance(message)) return message.role
  const type = message.getType()
  // The place where LangChain keeps that a system message is a developer's.
  return type === 'system' && message.additional_kwargs.__openai_role__ === 'developer' ? 'developer' : type
}

function readAnswer(message: BaseMessage): ChatMessage & { readonly role: 'assistant' } {
  const extras = message.additional_kwargs as AnswerExtras
  const { tool_calls = [], invalid_tool_calls = [] } = message as Partial<AIMessage>
  const calls = [
    ...tool_calls.map(({ id, name, args }) => ({ id, name, args: JSON.stringify(args) })),
    ...invalid_tool_calls.map(({ id, name = '', args = '' }) => ({ id, name, args })),
  ].map(({ id = '', name, args }): ChatToolCall => {
    const signature = extras.tool_call_signatures?.[id]
    return { id, type: 'function', function: { name, arguments: args }, ...(signature && { signature }) }
  })
  const content = textOfBlocks(message.content)
  const reasoning = extras.reasoning_content ?? thinkingOf(message)
  return {
    role: 'assistant',
    content: content === '' ? null : content,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(reasoning && { reasoning_content: reasoning }),
    ...(extras.reasoning_signature && { reasoning_signature: extras.reasoning_signature }),
    ...(extras.refusal && { refusal: extras.refusal }),
  }
}

/** The thinking where a message has it among its content, as LangChain's standard blocks do. */
function thinkingOf({ content }: BaseMessage): string {
  if (typeof content === 'string') return ''
  return content.map((block) => (typeof block.reasoning === 'string' ? block.reasoning : '')).join('')
}
