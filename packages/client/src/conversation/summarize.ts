/** The strategy that lets the model write down what the oldest turns were about, and sends that in their place. */
import type { ChatMessage } from '../message.ts'
import { type ContextBudget, type ContextSelection, type ContextStrategy, newestThatFit } from './context.ts'
import type { StoredConversation, StoredSummary, StoredTurn } from './store.ts'

/** How turns are summarised. */
export interface SummarizeOptions {
  /** The component that writes the summary. Default: the conversation's own. */
  readonly component?: string
  /**
   * The newest turns that are sent as they are, as long as they fit.
   * @default 4
   */
  readonly keepLastTurns?: number
  /** What the model is told to do. */
  readonly instruction?: string
}

const INSTRUCTION =
  'Summarise the conversation below for the assistant who will continue it. Keep names, numbers, decisions, open questions and everything the user said about themselves. Write plain sentences, as few as possible.'

/**
 * Replaces the oldest turns by a summary that the model writes once and the store keeps. Where even the summary and the
 * newest turns do not fit, the oldest of those are left out.
 */
export function summarize(options: SummarizeOptions = {}): ContextStrategy {
  const { keepLastTurns = 4 } = options
  return {
    async select(conversation, budget) {
      const { turns } = conversation
      const kept = await newestThatFit(turns.slice(turns.length - keepLastTurns), budget.maxTokens, budget)
      const covered = turns.slice(0, turns.length - kept.length)
      const last = covered.at(-1)
      if (!last) return selection(kept, undefined, 0)
      const known = stillToSummarize(conversation, covered)
      if (known.turns.length === 0 && known.summary) return fit(known.summary, kept, covered.length, budget)
      const summary = { text: await write(known, budget, options), through: last.id }
      return { ...(await fit(summary, kept, covered.length, budget)), summary }
    },
  }
}

/** The summary there is, and the turns of `covered`, the first ones of the conversation, that it does not know yet. */
function stillToSummarize({ turns, summary }: StoredConversation, covered: readonly StoredTurn[]): StoredConversation {
  // Where its last turn is not among those that were loaded, it is older than all of them.
  const known = turns.findIndex(({ id }) => id === summary?.through) + 1
  return { turns: covered.slice(known), ...(summary && { summary }) }
}

async function write(
  { summary, turns }: StoredConversation,
  budget: ContextBudget,
  { component, instruction = INSTRUCTION }: SummarizeOptions,
): Promise<string> {
  const earlier = summary ? [`Summary of what was said before: ${summary.text}`] : []
  const said = turns.flatMap(({ messages }) => messages.map(line)).filter((text) => text !== '')
  return budget.ask(
    [
      { role: 'system', content: instruction },
      { role: 'user', content: [...earlier, ...said].join('\n') },
    ],
    component,
  )
}

function line(message: ChatMessage): string {
  const { role, content } = message
  const calls = role === 'assistant' ? (message.tool_calls ?? []) : []
  const text =
    typeof content === 'string'
      ? content
      : (content ?? []).map((part) => ('text' in part ? part.text : `[${part.type}]`)).join(' ')
  return [
    ...(text === '' ? [] : [`${role}: ${text}`]),
    ...calls.map((call) => `${role} called ${call.function.name}: ${call.function.arguments}`),
  ].join('\n')
}

async function fit(
  summary: StoredSummary,
  kept: readonly StoredTurn[],
  covered: number,
  budget: ContextBudget,
): Promise<ContextSelection> {
  const spent = await budget.count([asMessage(summary)])
  // A summary that is longer than the budget is of no use; the newest turns are.
  if (spent > budget.maxTokens) return selection(kept, undefined, 0)
  return selection(await newestThatFit(kept, budget.maxTokens - spent, budget), summary, covered)
}

function selection(
  kept: readonly StoredTurn[],
  summary: StoredSummary | undefined,
  summarizedTurns: number,
): ContextSelection {
  const messages = kept.flatMap((turn) => turn.messages)
  return { messages: summary ? [asMessage(summary), ...messages] : messages, turns: kept.length, summarizedTurns }
}

function asMessage({ text }: StoredSummary): ChatMessage {
  return { role: 'system', content: `Summary of the conversation so far: ${text}` }
}
