import { ConversationError } from '../error.ts'
import type { ConversationEvent, FinishReason } from './event.ts'
import type { ToolCall } from './tool.ts'
import type { Usage } from './usage.ts'

/** One complete answer of the model. */
export interface ConversationChoice {
  readonly index: number
  readonly text: string
  readonly reasoning: string
  /** The vendor's signature of the thinking: opaque, and to be sent back with the next request. */
  readonly reasoningSignature?: string
  readonly refusal: string
  readonly toolCalls: readonly ToolCall[]
  readonly finishReason: FinishReason
  /** The provider's word for the finish reason, where it differs. */
  readonly rawFinishReason?: string
}

/** A whole answer: the stream, folded. */
export interface ConversationResult {
  readonly id?: string
  readonly model?: string
  /** In order of their index. */
  readonly choices: readonly ConversationChoice[]
  readonly usage?: Usage
}

interface GrowingCall {
  id: string
  name: string
  arguments: string
  signature?: string
}

interface GrowingChoice {
  index: number
  text: string
  reasoning: string
  reasoningSignature: string | undefined
  refusal: string
  toolCalls: GrowingCall[]
  finishReason: FinishReason | undefined
  rawFinishReason: string | undefined
}

/** Folds events one by one, for those who need the state in between: what arrived so far, when a stream is cut. */
export class ResultFold {
  #id: string | undefined
  #model: string | undefined
  #usage: Usage | undefined
  readonly #choices = new Map<number, GrowingChoice>()

  /** Takes in one event. */
  add(event: ConversationEvent): void {
    switch (event.type) {
      case 'message-start':
        this.#id ??= event.id
        this.#model ??= event.model
        return
      case 'text-delta':
        this.#choice(event.choice).text += event.text
        return
      case 'reasoning-delta': {
        const choice = this.#choice(event.choice)
        choice.reasoning += event.text
        if (event.signature) choice.reasoningSignature = event.signature
        return
      }
      case 'refusal-delta':
        this.#choice(event.choice).refusal += event.text
        return
      case 'tool-call-start':
        this.#choice(event.choice).toolCalls[event.index] = {
          id: event.id,
          name: event.name,
          arguments: '',
          ...(event.signature && { signature: event.signature }),
        }
        return
      case 'tool-call-delta': {
        const call = this.#choice(event.choice).toolCalls[event.index]
        if (call) call.arguments += event.arguments
        return
      }
      case 'tool-call-end': {
        const call = this.#choice(event.choice).toolCalls[event.index]
        if (call && event.signature) call.signature = event.signature
        return
      }
      case 'usage':
        this.#usage = event.usage
        return
      case 'finish': {
        const choice = this.#choice(event.choice)
        choice.finishReason ??= event.reason
        choice.rawFinishReason ??= event.raw
      }
    }
  }

  /** Whether there is a choice and every choice has its finish reason. */
  get finished(): boolean {
    if (this.#choices.size === 0) return false
    for (const choice of this.#choices.values()) if (choice.finishReason === undefined) return false
    return true
  }

  /** What has arrived so far; the finish reason of an unfinished choice reads `unknown`. */
  get partial(): ConversationResult {
    const choices = [...this.#choices.values()]
      .sort((a, b) => a.index - b.index)
      .map(({ finishReason, rawFinishReason, reasoningSignature, toolCalls, ...rest }) => ({
        ...rest,
        ...(reasoningSignature !== undefined && { reasoningSignature }),
        toolCalls: toolCalls.map((call) => ({ ...call })),
        finishReason: finishReason ?? 'unknown',
        ...(rawFinishReason !== undefined && { rawFinishReason }),
      }))
    return {
      ...(this.#id !== undefined && { id: this.#id }),
      ...(this.#model !== undefined && { model: this.#model }),
      choices,
      ...(this.#usage && { usage: this.#usage }),
    }
  }

  /**
   * The whole answer.
   * @throws ConversationError `interrupted` while a choice has not finished.
   */
  get result(): ConversationResult {
    if (!this.finished) {
      throw new ConversationError('interrupted', 'the answer ended before the model finished: no finish reason came')
    }
    return this.partial
  }

  #choice(index: number): GrowingChoice {
    let choice = this.#choices.get(index)
    if (!choice) {
      choice = {
        index,
        text: '',
        reasoning: '',
        reasoningSignature: undefined,
        refusal: '',
        toolCalls: [],
        finishReason: undefined,
        rawFinishReason: undefined,
      }
      this.#choices.set(index, choice)
    }
    return choice
  }
}

/**
 * The whole answer is the stream, folded: the only way to a result that is not streamed.
 * @throws ConversationError what the stream throws, or `interrupted` where it ends without a finish reason.
 */
export async function collect(stream: AsyncIterable<readonly ConversationEvent[]>): Promise<ConversationResult> {
  const fold = new ResultFold()
  for await (const batch of stream) for (const event of batch) fold.add(event)
  return fold.result
}
