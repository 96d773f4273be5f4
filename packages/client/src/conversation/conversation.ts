/**
 * A conversation that remembers: each question takes along what was said before, and each whole turn is stored at once
 * when it has succeeded. Made by `DaprChatClient.conversation`.
 */
import { sumUsage } from '@dapr-chat/protocol'
import { type ChatUsage, readUsage, writeUsage } from '@dapr-chat/protocol/openai'
import { abortable } from '../abortable.ts'
import type { CallFrame, CallOutcome } from '../call-frame.ts'
import type { ChatStream } from '../chat-stream.ts'
import { AbortedError, ContextOverflowError, InvalidRequestError } from '../errors.ts'
import { type ChatInput, type ChatMessage, inputMessages } from '../message.ts'
import type { GenerateOptions } from '../options.ts'
import type { ChatResult } from '../result.ts'
import { approxTokens, type ContextBudget, type ContextSelection, dropOldest } from './context.ts'
import type { FramedCalls } from './framed-calls.ts'
import type { ContextOptions, ContextReport, ConversationJson, ConversationOptions } from './options.ts'
import { storable } from './storable.ts'
import { type ConversationStore, memoryStore, type StoredConversation, type StoredTurn, withAddition } from './store.ts'

const MAX_LOADED_MESSAGES = 1_000

const EMPTY: StoredConversation = { turns: [] }

/** One conversation. One question is answered at a time; others wait for it. */
export class Conversation {
  readonly id: string
  readonly #calls: FramedCalls
  readonly #options: ConversationOptions
  /** The options of every question. */
  readonly #question: GenerateOptions
  readonly #store: ConversationStore
  /** What is not in the store yet: it goes there with the first turn. */
  #seed: StoredConversation | undefined
  #known: StoredConversation
  /** Resolves when the turn before has ended. */
  #turn: Promise<void> = Promise.resolve()
  #report: ContextReport | undefined

  /** Conversations are made by `DaprChatClient.conversation`. */
  constructor(calls: FramedCalls, options: ConversationOptions = {}) {
    const { id, system, store, context, onAbort, maxLoadedMessages, from, ...question } = options
    checkContext(context)
    this.id = id ?? from?.id ?? crypto.randomUUID()
    this.#calls = calls
    this.#options = { ...options, ...(system === undefined && from?.system !== undefined && { system: from.system }) }
    this.#question = question
    this.#store = store ?? memoryStore()
    this.#seed = from && { turns: from.turns, ...(from.summary && { summary: from.summary }) }
    this.#known = this.#seed ?? EMPTY
  }

  /**
   * Asks, and waits for the whole answer.
   * @throws ContextOverflowError where the instructions and the question alone exceed the budget, and every other
   * error of `DaprChatClient.generate`. Nothing of a failed turn is stored.
   */
  send(input: ChatInput, options: GenerateOptions = {}): Promise<ChatResult> {
    const question = inputMessages(input)
    return this.#calls.generate(question, { ...this.#question, ...options }, this.#frame(question))
  }

  /** Asks, and hands out the answer as it arrives. The turn is stored before the stream ends. */
  stream(input: ChatInput, options: GenerateOptions = {}): ChatStream {
    const question = inputMessages(input)
    return this.#calls.generateStream(question, { ...this.#question, ...options }, this.#frame(question))
  }

  /** What was said, as far as it has been loaded: without the instructions and without a turn that still runs. */
  get messages(): readonly ChatMessage[] {
    return this.#known.turns.flatMap(({ messages }) => messages)
  }

  /** The tokens of all turns that have been loaded; absent where none was reported. */
  get usage(): ChatUsage | undefined {
    const sum = sumUsage(this.#known.turns.flatMap(({ usage }) => readUsage(usage) ?? []))
    return sum && writeUsage(sum)
  }

  /** What the last question took along, and what was left out; absent before the first one. */
  contextReport(): ContextReport | undefined {
    return this.#report
  }

  /** Reads what the store has; every question does so by itself. */
  async load(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { maxLoadedMessages = MAX_LOADED_MESSAGES } = this.#options
    const stored = await this.#store.load(this.id, maxLoadedMessages, options)
    if (stored) this.#seed = undefined
    this.#known = stored ?? this.#seed ?? EMPTY
  }

  /** Forgets everything that was said, here and in the store, once the turn that runs has ended. */
  async clear(): Promise<void> {
    const leave = await this.#enter()
    try {
      await this.#store.delete(this.id)
      this.#seed = undefined
      this.#known = EMPTY
      this.#report = undefined
    } finally {
      leave()
    }
  }

  /**
   * Another conversation that begins with what was said in this one; neither sees what the other says from now on.
   * @param id its name in the store. Default: a new one.
   */
  fork(id: string = crypto.randomUUID()): Conversation {
    return new Conversation(this.#calls, { ...this.#options, id, from: { ...this.toJSON(), id } })
  }

  /** All that is needed to go on elsewhere, with the option `from`: instructions and turns, but no tools. */
  toJSON(): ConversationJson {
    const { system } = this.#options
    return { version: 1, id: this.id, ...(system !== undefined && { system }), ...this.#known }
  }

  #frame(question: readonly ChatMessage[]): CallFrame {
    let leave: (() => void) | undefined
    return {
      opening: async (signal) => {
        leave = await this.#enter(signal)
        // A call that is stopped before anybody reads it must not keep the others waiting.
        signal.addEventListener('abort', leave, { once: true })
        await this.load({ signal })
        return this.#openingOf(question, signal)
      },
      closing: async (outcome) => {
        try {
          const turn = this.#turnOf(question, outcome)
          if (turn && leave) await this.#append(turn)
        } finally {
          leave?.()
        }
      },
    }
  }

  /** Waits for the turn before; the result lets the next one in. */
  async #enter(signal?: AbortSignal): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = this.#turn
    this.#turn = before.then(() => promise)
    try {
      await (signal ? abortable(before, signal) : before)
    } catch (error) {
      resolve()
      throw error
    }
    return resolve
  }

  async #openingOf(question: readonly ChatMessage[], signal: AbortSignal): Promise<readonly ChatMessage[]> {
    const { system, context } = this.#options
    const instructions: readonly ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }]
    const count = counter(context)
    const instructionTokens = await count(instructions)
    const questionTokens = await count(question)
    const maxTokens = context && context.maxTokens - (context.reserveForReply ?? this.#question.maxTokens ?? 0)
    const left = maxTokens === undefined ? undefined : maxTokens - instructionTokens - questionTokens
    if (left !== undefined && left < 0) {
      throw new ContextOverflowError(
        `Cannot ask in conversation "${this.id}": instructions and question must have at most ${maxTokens} tokens: current value is ${instructionTokens + questionTokens}`,
        { hint: 'Shorten the question or the instructions, or raise context.maxTokens.' },
      )
    }
    const chosen = await this.#choose(left, count, signal)
    const { turns } = this.#known
    this.#report = {
      ...(maxTokens !== undefined && { maxTokens }),
      instructionTokens,
      questionTokens,
      historyTokens: await count(chosen.messages),
      sentTurns: chosen.turns,
      summarizedTurns: chosen.summarizedTurns,
      droppedTurns: turns.length - chosen.turns - chosen.summarizedTurns,
    }
    return [...instructions, ...chosen.messages]
  }

  async #choose(
    maxTokens: number | undefined,
    count: ContextBudget['count'],
    signal: AbortSignal,
  ): Promise<ContextSelection> {
    const { turns, summary } = this.#known
    const whole = { messages: this.messages, turns: turns.length, summarizedTurns: 0 }
    if (maxTokens === undefined) return whole
    // A summary may stand for turns that are too old to be loaded: only the strategy that made it knows.
    if (!summary && (await count(whole.messages)) <= maxTokens) return whole
    const ask: ContextBudget['ask'] = async (messages, component = this.#question.component) => {
      const answer = await this.#calls.generate(messages, { signal, ...(component !== undefined && { component }) })
      return answer.text
    }
    const { strategy = dropOldest() } = this.#options.context ?? {}
    const chosen = await strategy.select(this.#known, { maxTokens, count, ask })
    if (chosen.summary) await this.#add({ summary: chosen.summary })
    return chosen
  }

  #turnOf(question: readonly ChatMessage[], outcome: CallOutcome): StoredTurn | undefined {
    const stored = (messages: readonly ChatMessage[]) => ({
      id: crypto.randomUUID(),
      createdAt: new Date().toISOString(),
      messages: [...question, ...messages].map(storable),
    })
    if ('result' in outcome) {
      const { messages, usage } = outcome.result
      return { ...stored(messages), ...(usage && { usage }) }
    }
    const { error, messages, partial } = outcome
    if (this.#options.onAbort !== 'keep-partial' || !(error instanceof AbortedError)) return undefined
    const said: readonly ChatMessage[] = partial.text === '' ? [] : [{ role: 'assistant', content: partial.text }]
    // A question of which nothing was answered is no turn.
    if (messages.length + said.length === 0) return undefined
    return { ...stored([...messages, ...said]), interrupted: true }
  }

  async #append(turn: StoredTurn): Promise<void> {
    await this.#add({ turns: [turn] })
  }

  async #add(addition: Parameters<ConversationStore['append']>[1]): Promise<void> {
    // What this conversation was made from goes to the store with the first thing that is its own.
    const seed = this.#seed
    const whole = seed ? { ...seed, ...addition, turns: [...seed.turns, ...(addition.turns ?? [])] } : addition
    await this.#store.append(this.id, whole)
    this.#seed = undefined
    this.#known = withAddition(this.#known, addition)
  }
}

function counter(context: ContextOptions | undefined): ContextBudget['count'] {
  const countTokens = context?.countTokens ?? approxTokens
  return async (messages) => {
    let sum = 0
    for (const message of messages) sum += await countTokens(message)
    return sum
  }
}

function checkContext(context: ContextOptions | undefined): void {
  if (!context) return
  const { maxTokens, reserveForReply = 0 } = context
  if (Number.isFinite(maxTokens) && maxTokens > 0 && reserveForReply >= 0 && reserveForReply < maxTokens) return
  throw new InvalidRequestError(
    `Cannot use option "context": maxTokens must be above 0 and above reserveForReply: current values are ${maxTokens} and ${reserveForReply}`,
  )
}
