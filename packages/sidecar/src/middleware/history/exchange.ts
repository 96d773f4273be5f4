/** The two halves of a turn: what a request brings that is new, and what the model's answer is as a message. */
import type { AssistantMessage, ConversationResult, FinishReason, Message } from '@dapr-chat/protocol'

/** A request, taken apart. */
export interface Brought {
  /** Its system and developer messages. */
  readonly instructions: readonly Message[]
  /** All others, in order. */
  readonly messages: readonly Message[]
  /** Whether earlier answers are among them: then the caller keeps the conversation itself. */
  readonly carriesHistory: boolean
}

/** Takes the messages of a request apart. */
export function takeApart(messages: readonly Message[]): Brought {
  const isInstruction = ({ role }: Message) => role === 'system' || role === 'developer'
  return {
    instructions: messages.filter(isInstruction),
    messages: messages.filter((message) => !isInstruction(message)),
    carriesHistory: messages.some(({ role }) => role === 'assistant'),
  }
}

/** What a request that carries its history adds to the conversation whose last answer is known; nothing where it does not follow it. */
export function newAfter(messages: readonly Message[], lastAnswer: Message | undefined): readonly Message[] {
  const at = messages.findLastIndex(({ role }) => role === 'assistant')
  return isSameAnswer(messages[at], lastAnswer) ? messages.slice(at + 1) : []
}

/** The callers' copies of an answer keep its text and the ids of its calls; not all keep more. */
function isSameAnswer(given: Message | undefined, known: Message | undefined): boolean {
  if (given?.role !== 'assistant' || known?.role !== 'assistant') return false
  const essence = ({ content, toolCalls }: AssistantMessage) =>
    JSON.stringify([
      content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
      toolCalls.map(({ id }) => id),
    ])
  return essence(given) === essence(known)
}

/** How an answer ends that is worth remembering: others are cut off or withheld. */
const COMPLETE: ReadonlySet<FinishReason> = new Set(['stop', 'tool_calls', 'unknown'])

/**
 * The answer as a message; of several choices the first. `undefined` where a choice is not complete.
 * @param round what the answer answers.
 */
export function answerMessage(result: ConversationResult, round: readonly Message[]): AssistantMessage | undefined {
  const [choice] = result.choices
  if (!choice || !result.choices.every(({ finishReason }) => COMPLETE.has(finishReason))) return undefined
  const { text, toolCalls, refusal, reasoning, reasoningSignature } = choice
  // Providers want thinking back where they have signed it, or where it led to a tool; elsewhere it only takes room.
  const usesTools = toolCalls.length > 0 || round.some(({ role }) => role === 'tool')
  return {
    role: 'assistant',
    content: text === '' ? [] : [{ type: 'text', text }],
    toolCalls,
    ...(refusal !== '' && { refusal }),
    ...(reasoning !== '' && (usesTools || reasoningSignature !== undefined) && { reasoning }),
    ...(reasoningSignature !== undefined && { reasoningSignature }),
  }
}
