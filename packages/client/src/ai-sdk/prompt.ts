/**
 * The AI SDK's messages in the client's words, of the current major version and the one before, which differ in how they
 * give files. Parts that the client has no word for become warnings.
 */
import type { LanguageModelV3Prompt, LanguageModelV4Prompt, SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { ChatToolCall } from '@dapr-chat/protocol/openai'
import type { ChatContentPart } from '../media.ts'
import type { ChatAssistantMessage, ChatMessage } from '../message.ts'
import { readFile } from './file.ts'
import { type ModelWarning, providerName } from './model-settings.ts'
import { isToolError, toolOutputText } from './tool-output.ts'

type Prompt = LanguageModelV4Prompt | LanguageModelV3Prompt
type PromptMessage<Role> = Extract<Prompt[number], { readonly role: Role }>

/** The client's messages. What cannot be said in them is told in `warnings`. */
export function readPrompt(prompt: Prompt, warnings: ModelWarning[]): ChatMessage[] {
  const messages: readonly Prompt[number][] = prompt
  return messages.flatMap((message) => readMessage(message, warnings))
}

function readMessage(message: Prompt[number], warnings: ModelWarning[]): ChatMessage[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }]
    case 'user':
      return [{ role: 'user', content: readUserContent(message.content, warnings) }]
    case 'assistant':
      return [readAssistant(message.content, warnings)]
    case 'tool':
      return readToolResults(message.content, warnings)
  }
}

function readUserContent(content: PromptMessage<'user'>['content'], warnings: ModelWarning[]): ChatContentPart[] {
  return content.flatMap((part) =>
    part.type === 'text' ? [{ type: 'text' as const, text: part.text }] : readFile(part, warnings),
  )
}

function readAssistant(content: PromptMessage<'assistant'>['content'], warnings: ModelWarning[]): ChatMessage {
  let [text, refusal, reasoning] = ['', '', '']
  let signature: string | undefined
  const calls: ChatToolCall[] = []
  for (const part of content) {
    switch (part.type) {
      case 'text':
        if (ownOf(part.providerOptions).refusal === true) refusal += part.text
        else text += part.text
        break
      case 'reasoning':
        reasoning += part.text
        signature = signatureOf(part.providerOptions) ?? signature
        break
      case 'tool-call': {
        const called = { name: part.toolName, arguments: writeArguments(part.input) }
        const signed = signatureOf(part.providerOptions)
        calls.push({ id: part.toolCallId, type: 'function', function: called, ...(signed && { signature: signed }) })
        break
      }
      default:
        warnings.push({ type: 'unsupported', feature: `${part.type} in a message of the assistant` })
    }
  }
  const message: ChatAssistantMessage = {
    role: 'assistant',
    content: text === '' ? null : text,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(refusal !== '' && { refusal }),
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(signature !== undefined && { reasoning_signature: signature }),
  }
  return message
}

function readToolResults(content: PromptMessage<'tool'>['content'], warnings: ModelWarning[]): ChatMessage[] {
  return content.flatMap((part): ChatMessage[] => {
    if (part.type !== 'tool-result') {
      warnings.push({ type: 'unsupported', feature: `${part.type} in a message of a tool` })
      return []
    }
    const { toolCallId, toolName, output } = part
    const said = toolOutputText(output, warnings)
    return [{ role: 'tool', tool_call_id: toolCallId, name: toolName, content: said, isError: isToolError(output) }]
  })
}

/** The arguments as the model wrote them; the AI SDK keeps those that it could not parse as text. */
function writeArguments(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input ?? {})
}

function signatureOf(options: SharedV4ProviderOptions | undefined): string | undefined {
  const { signature } = ownOf(options)
  return typeof signature === 'string' && signature !== '' ? signature : undefined
}

function ownOf(options: SharedV4ProviderOptions | undefined): Readonly<Record<string, unknown>> {
  return options?.[providerName] ?? {}
}
