/**
 * Structured output can come as the arguments of a tool that exists only for that. Whoever reads the stream or the result
 * should not see the difference: here such a call becomes the text that it stands for.
 */
import type { ConversationChoice, ConversationEvent, ConversationResult } from '@dapr-chat/protocol'

/** Shows the calls of one tool as text while an answer arrives. One for each answer. */
export class AnswerToolText {
  readonly #name: string
  readonly #answers = new Set<string>()
  readonly #others = new Set<number>()

  constructor(name: string) {
    this.#name = name
  }

  /** The batch as it is shown; may be empty. */
  show(batch: readonly ConversationEvent[]): readonly ConversationEvent[] {
    return batch.flatMap((event) => this.#show(event))
  }

  #show(event: ConversationEvent): ConversationEvent | [] {
    switch (event.type) {
      case 'tool-call-start':
        if (event.name === this.#name) this.#answers.add(`${event.choice}/${event.index}`)
        else this.#others.add(event.choice)
        return this.#isAnswer(event) ? [] : event
      case 'tool-call-delta':
        if (!this.#isAnswer(event)) return event
        return event.arguments === '' ? [] : { type: 'text-delta', choice: event.choice, text: event.arguments }
      case 'tool-call-end':
        return this.#isAnswer(event) ? [] : event
      case 'finish':
        return event.reason === 'tool_calls' && !this.#others.has(event.choice) ? { ...event, reason: 'stop' } : event
      default:
        return event
    }
  }

  #isAnswer({ choice, index }: { readonly choice: number; readonly index: number }): boolean {
    return this.#answers.has(`${choice}/${index}`)
  }
}

/** The same for a whole answer. */
export function answerToolAsText(result: ConversationResult, name: string): ConversationResult {
  return { ...result, choices: result.choices.map((choice) => choiceAsText(choice, name)) }
}

function choiceAsText(choice: ConversationChoice, name: string): ConversationChoice {
  const toolCalls = choice.toolCalls.filter((call) => call.name !== name)
  if (toolCalls.length === choice.toolCalls.length) return choice
  const answers = choice.toolCalls.filter((call) => call.name === name)
  const ends = choice.finishReason === 'tool_calls' && toolCalls.length === 0
  return {
    ...choice,
    text: choice.text + answers.map((call) => call.arguments).join(''),
    toolCalls,
    finishReason: ends ? 'stop' : choice.finishReason,
  }
}
