/**
 * What of a conversation goes in front of the next question, under a budget of tokens. The unit is the turn: only whole
 * turns are sent or left out, so that no answer stands without its question and no tool call without its result.
 */
import { estimateTokens } from '@dapr-chat/protocol'
import { InvalidRequestError } from '../errors.ts'
import { type ChatMessage, readInput } from '../message.ts'
import type { StoredConversation, StoredSummary, StoredTurn } from './store.ts'

/** Counts the tokens of one message, such as with the tokenizer of the model. */
export type TokenCounter = (message: ChatMessage) => number | Promise<number>

/** Four bytes of text to a token, four tokens for a message and 1,000 for each image, recording or file. */
export const approxTokens: TokenCounter = (message) =>
  readInput(message).reduce((sum, read) => sum + estimateTokens(read), 0)

/** What a strategy has to keep to, and what it may use. */
export interface ContextBudget {
  /** The most tokens that what goes in front of the question may have. */
  readonly maxTokens: number
  /** Counts messages as the conversation was told to. */
  count(messages: readonly ChatMessage[]): Promise<number>
  /**
   * Asks the model something beside the conversation and returns the text of its answer.
   * @param component another component than the conversation's own.
   */
  ask(messages: readonly ChatMessage[], component?: string): Promise<string>
}

/** What a strategy chose. */
export interface ContextSelection {
  /** What goes in front of the question, in order. */
  readonly messages: readonly ChatMessage[]
  /** The turns that are among `messages`. */
  readonly turns: number
  /** The turns that a summary among `messages` stands for. */
  readonly summarizedTurns: number
  /** A summary that was made just now, to be stored. */
  readonly summary?: StoredSummary
}

/** Chooses what of a conversation is sent. It is asked only where the whole of it does not fit. */
export interface ContextStrategy {
  select(conversation: StoredConversation, budget: ContextBudget): Promise<ContextSelection>
}

/** Sends the newest turns that fit; the others are left out, not forgotten. */
export function dropOldest(): ContextStrategy {
  return {
    async select({ turns }, budget) {
      const kept = await newestThatFit(turns, budget.maxTokens, budget)
      return { messages: kept.flatMap(({ messages }) => messages), turns: kept.length, summarizedTurns: 0 }
    },
  }
}

/**
 * Sends what the function returns.
 * @param choose gets the messages of all turns and the budget; it must not part a tool call from its result, and what
 * it returns must fit.
 */
export function custom(
  choose: (
    messages: readonly ChatMessage[],
    budget: ContextBudget,
  ) => readonly ChatMessage[] | Promise<readonly ChatMessage[]>,
): ContextStrategy {
  return {
    async select({ turns }, budget) {
      const messages = await choose(
        turns.flatMap((turn) => turn.messages),
        budget,
      )
      checkPairs(messages)
      const tokens = await budget.count(messages)
      if (tokens > budget.maxTokens) {
        throw new InvalidRequestError(
          `Cannot send what the strategy chose: it must have at most ${budget.maxTokens} tokens: current value is ${tokens}`,
        )
      }
      const chosen = new Set(messages)
      const sent = turns.filter((turn) => turn.messages.some((message) => chosen.has(message)))
      return { messages, turns: sent.length, summarizedTurns: 0 }
    },
  }
}

/** The newest whole turns that have at most so many tokens together. */
export async function newestThatFit(
  turns: readonly StoredTurn[],
  maxTokens: number,
  { count }: Pick<ContextBudget, 'count'>,
): Promise<readonly StoredTurn[]> {
  let first = turns.length
  let left = maxTokens
  // From the newest backwards, so that a long conversation is counted only as far as it can be sent.
  for (const turn of turns.toReversed()) {
    left -= await count(turn.messages)
    if (left < 0) break
    first--
  }
  return turns.slice(first)
}

/** Providers refuse a tool call without its result, and a result without its call. */
function checkPairs(messages: readonly ChatMessage[]): void {
  let open = new Set<string>()
  const check = (holds: boolean) => {
    if (!holds) {
      throw new InvalidRequestError(
        'Cannot send what the strategy chose: every tool call must be followed by its result, and every result must follow its call',
      )
    }
  }
  for (const message of messages) {
    if (message.role === 'tool') {
      check(open.delete(message.tool_call_id))
      continue
    }
    check(open.size === 0)
    open = new Set(message.role === 'assistant' ? message.tool_calls?.map(({ id }) => id) : [])
  }
  check(open.size === 0)
}
