/**
 * Lets a component remember: the turns of a context id are stored, and the newest of them go in front of the next request
 * with the same one. `assemble.ts` puts it below scrubbing of the input, so that what is stored was scrubbed, and outside
 * of the response cache, so that what is remembered is part of the question.
 */
import {
  type ConversationCall,
  ConversationError,
  type ConversationEvent,
  type Converse,
  estimateTokens,
  type Message,
  type Middleware,
  ResultFold,
} from '@dapr-chat/protocol'
import {
  type ConversationKey,
  type ConversationStore,
  MAX_CONTEXT_ID_BYTES,
  type NewTurn,
  type Retention,
} from '../../store/conversation-store.ts'
import { answerMessage, newAfter, takeApart } from './exchange.ts'
import { recall } from './recall.ts'
import type { TurnQueue } from './turn-queue.ts'

/** What a component's memory works with. */
export interface HistoryOptions extends Retention {
  readonly store: ConversationStore
  /** Shared by all components, so that one that is loaded anew waits for the turns of the old one. */
  readonly queue: TurnQueue
  /** The most tokens of what goes in front of a request, by estimate. */
  readonly maxTokens: number
  /** Is told of turns that could not be stored; their callers have their answers all the same. */
  warn(message: string): void
}

/** How many turns are read at once. */
const TURNS_PER_READ = 16

/**
 * A middleware that remembers the conversations of calls with a context id; others pass as they are.
 * @throws RangeError for limits that leave no room.
 */
export function history(options: HistoryOptions): Middleware {
  for (const [name, value] of Object.entries({
    historyMaxTokens: options.maxTokens,
    historyMaxTurns: options.maxTurns,
  })) {
    if (value < 1) throw new RangeError(`metadata "${name}" must be at least 1: current value is ${value}`)
  }
  return (next) =>
    function remembering(call) {
      const { contextId } = call.request
      if (!contextId) return next(call)
      const bytes = Buffer.byteLength(contextId)
      if (bytes > MAX_CONTEXT_ID_BYTES) {
        throw new ConversationError(
          'invalid_params',
          `invalid params: the context id of a conversation that is remembered must have at most ${MAX_CONTEXT_ID_BYTES} bytes: current length is ${bytes}`,
        )
      }
      return remember(next, call, { caller: call.caller.id, component: call.component, contextId }, options)
    }
}

async function* remember(
  next: Converse,
  call: ConversationCall,
  key: ConversationKey,
  options: HistoryOptions,
): AsyncGenerator<readonly ConversationEvent[]> {
  const { store, queue } = options
  const leave = await queue.enter(JSON.stringify([key.caller, key.component, key.contextId]), call.signal)
  try {
    const { messages, added } = await prepare(call.request.messages, key, options)
    const fold = new ResultFold()
    for await (const batch of next({ ...call, request: { ...call.request, messages } })) {
      for (const event of batch) fold.add(event)
      yield batch
    }
    // Only here is the answer whole: a failure was thrown, and a caller who left does not come back. The turn is stored
    // before the stream ends, so that whoever has seen the end finds it.
    if (!added || call.signal.aborted) return
    const answer = answerMessage(fold.result, added.messages)
    if (answer) await save(store, key, { ...added, messages: [...added.messages, answer] }, options)
  } finally {
    leave()
  }
}

/** The messages to send, and what of them the conversation does not have yet; that is absent where nothing is to be stored. */
async function prepare(
  given: readonly Message[],
  key: ConversationKey,
  { store, maxTokens }: HistoryOptions,
): Promise<{ readonly messages: readonly Message[]; readonly added?: NewTurn }> {
  const brought = takeApart(given)
  const told = brought.instructions.length > 0 && { instructions: brought.instructions }
  if (brought.carriesHistory) {
    const [last] = await store.turns(key, 1)
    const messages = newAfter(brought.messages, last?.messages.at(-1))
    return { messages: given, ...(messages.length > 0 && { added: { ...told, messages } }) }
  }
  const instructions = told ? brought.instructions : ((await store.find(key))?.instructions ?? [])
  const spent = instructions.reduce((sum, message) => sum + estimateTokens(message), 0)
  const earlier = await recall(newestFirst(store, key), {
    maxTokens: maxTokens - spent,
    continues: brought.messages[0]?.role === 'tool',
  })
  return {
    messages: [...instructions, ...earlier, ...brought.messages],
    added: { ...told, messages: brought.messages },
  }
}

/** The messages of a conversation, newest first; read as they are asked for. */
async function* newestFirst(store: ConversationStore, key: ConversationKey): AsyncGenerator<Message> {
  let before: number | undefined
  for (;;) {
    const turns = await store.turns(key, TURNS_PER_READ, before)
    for (const { messages } of turns) yield* messages.toReversed()
    before = turns.at(-1)?.sequence
    if (turns.length < TURNS_PER_READ) return
  }
}

async function save(
  store: ConversationStore,
  key: ConversationKey,
  turn: NewTurn,
  { maxTurns, ttlMs, warn }: HistoryOptions,
): Promise<void> {
  try {
    await store.append(key, turn, { maxTurns, ttlMs })
  } catch (error) {
    warn(`${key.component} cannot remember a turn: ${error instanceof Error ? error.message : String(error)}`)
  }
}
