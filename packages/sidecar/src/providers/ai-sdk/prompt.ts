/** The messages of a conversation, as the vendors' packages take them. */

import type {
  LanguageModelV4FilePart,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultOutput,
} from '@ai-sdk/provider'
import { type ContentPart, type Message, type PromptMessage, type ToolMessage, textOf } from '@dapr-chat/protocol'
import { type ThinkingDialect, writeAssistant } from './assistant-parts.ts'
import { notSupported } from './failure.ts'
import { writeMedia } from './media.ts'

/**
 * Writes the messages. What systems and developers say comes first, which is where the vendors take it.
 * @throws ConversationError `invalid_params` for what no vendor takes.
 */
export function writePrompt(messages: readonly Message[], dialect: ThinkingDialect): LanguageModelV4Prompt {
  const calls = new CallNames()
  const instructions: LanguageModelV4Prompt = []
  const turns: LanguageModelV4Prompt = []
  for (const message of messages) {
    switch (message.role) {
      case 'system':
      case 'developer': {
        const content = instructionOf(message)
        if (content !== '') instructions.push({ role: 'system', content })
        break
      }
      case 'user': {
        const content = message.content.flatMap(writePart)
        // Vendors refuse a message that says nothing.
        if (content.length > 0) turns.push({ role: 'user', content })
        break
      }
      case 'assistant': {
        const content = writeAssistant(message, dialect, (call) => calls.asked(call))
        if (content.length > 0) turns.push({ role: 'assistant', content })
        break
      }
      case 'tool': {
        const { id, name } = calls.answered(message)
        const output = writeToolOutput(message.content)
        const result = { type: 'tool-result' as const, toolCallId: id, toolName: name, output }
        // The answers to the calls of one turn belong together; Gemini refuses them one by one.
        const last = turns.at(-1)
        if (last?.role === 'tool') last.content.push(result)
        else turns.push({ role: 'tool', content: [result] })
      }
    }
  }
  return [...instructions, ...turns]
}

function instructionOf({ role, content }: PromptMessage): string {
  const media = content.find((part) => part.type !== 'text')
  if (media) throw notSupported(`${media.type} parts in a ${role} message`)
  return textOf(content)
}

/** A part as the packages take it; none for a text that says nothing. */
function writePart(part: ContentPart): (LanguageModelV4TextPart | LanguageModelV4FilePart)[] {
  if (part.type !== 'text') return [writeMedia(part)]
  return part.text === '' ? [] : [{ type: 'text', text: part.text }]
}

function writeToolOutput(content: readonly ContentPart[]): LanguageModelV4ToolResultOutput {
  const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  if (texts.length === content.length) return { type: 'text', value: texts.join('\n') }
  return { type: 'content', value: content.flatMap(writePart) }
}

/** Finds the name and the id of a call that a tool's answer leaves out; the vendors want both. */
class CallNames {
  readonly #open: { readonly id: string; readonly name: string }[] = []
  #made = 0

  /** The id of a call, made up where it has none. */
  asked({ id, name }: { readonly id: string; readonly name: string }): string {
    const known = id === '' ? `call_made_${++this.#made}` : id
    this.#open.push({ id: known, name })
    return known
  }

  /** The call that a tool's message answers: the one it names, or the first that waits for an answer. */
  answered({ toolCallId, name }: ToolMessage): { readonly id: string; readonly name: string } {
    const at = this.#open.findIndex((call) =>
      toolCallId === '' ? name === '' || call.name === name : call.id === toolCallId,
    )
    const [call] = at < 0 ? [] : this.#open.splice(at, 1)
    return { id: toolCallId || call?.id || `call_made_${++this.#made}`, name: name || call?.name || 'tool' }
  }
}
