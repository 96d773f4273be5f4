/** What the model said in an earlier turn, as the vendors' packages take it: its thinking where it stood. */

import type { LanguageModelV4Message } from '@ai-sdk/provider'
import { type AssistantMessage, type ToolCall, textOf } from '@dapr-chat/protocol'
import { writeMedia } from './media.ts'
import { readThinking } from './signature.ts'

type AssistantParts = Extract<LanguageModelV4Message, { role: 'assistant' }>['content']

/** How a vendor wants the thinking of earlier answers back. */
export interface ThinkingDialect {
  /** The name under which the package looks for a vendor's own values. */
  readonly vendor: string
  /** What the vendor signs: the blocks of its thinking, or the text and the calls of the answer. */
  readonly sealed: 'thinking' | 'text'
}

/**
 * Writes an earlier answer.
 * @param idOf gives the id of a call, made up where it has none.
 */
export function writeAssistant(
  message: AssistantMessage,
  { vendor, sealed }: ThinkingDialect,
  idOf: (call: ToolCall) => string,
): AssistantParts {
  const { content, toolCalls, reasoning = '', reasoningSignature, refusal } = message
  const options = (values: Readonly<Record<string, string>>) => ({ providerOptions: { [vendor]: values } })
  // Thinking without its signature is refused by those who sign, and not missed by those who do not.
  const thinking = reasoningSignature && sealed === 'thinking' ? readThinking(reasoning, reasoningSignature) : []
  const calls: AssistantParts = toolCalls.map((call) => ({
    type: 'tool-call',
    toolCallId: idOf(call),
    toolName: call.name,
    input: inputOf(call.arguments),
    ...(call.signature && sealed === 'text' && options({ thoughtSignature: call.signature })),
  }))
  const others: AssistantParts = content.flatMap((part) => (part.type === 'text' ? [] : [writeMedia(part)]))
  if (refusal) others.unshift({ type: 'text', text: refusal })
  const parts: AssistantParts = []
  const text = textOf(content)
  let said = 0
  let called = 0
  const sayUntil = (end: number) => {
    if (end > said && said < text.length) parts.push({ type: 'text', text: text.slice(said, end) })
    said = Math.max(said, end)
  }
  const callUntil = (end: number) => {
    parts.push(...calls.slice(called, Math.max(called, end)))
    called = Math.max(called, end)
  }
  for (const { text: thought, seal, after } of thinking) {
    sayUntil(after.text)
    callUntil(after.calls)
    parts.push({ type: 'reasoning', text: thought, ...options(seal) })
  }
  sayUntil(text.length)
  parts.push(...others)
  callUntil(calls.length)
  const last = parts.findLast((part) => part.type === 'text')
  if (last && reasoningSignature && sealed === 'text') {
    Object.assign(last, options({ thoughtSignature: reasoningSignature }))
  }
  return parts
}

/** The vendors want arguments parsed. Those that do not parse go on as they are, for the package to wrap. */
function inputOf(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
