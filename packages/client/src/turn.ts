/**
 * One call of the program: a sequence of steps, each a question and its answer, with tools run in between. `generate`
 * reads it to the end, `ChatStream` shows it as it comes: there is no other path. A call without tools to run and
 * without a shape for its answer is one step.
 */
import {
  ConversationError,
  type ConversationEvent,
  type ConversationRequest,
  type ConversationResult,
  estimateTokens,
  type Message,
} from '@dapr-chat/protocol'
import { type ChatUsage, writeUsage } from '@dapr-chat/protocol/openai'
import { abortable, type CallLimits, CallSignal } from './abortable.ts'
import { Answer } from './answer.ts'
import { AnswerToolText, answerToolAsText } from './answer-tool.ts'
import type { CallFrame, CallOutcome } from './call-frame.ts'
import { toChatError } from './chat-error.ts'
import { AbortedError, type PartialAnswer, StructuredOutputError } from './errors.ts'
import type { ChatMessage } from './message.ts'
import { Meter } from './metrics.ts'
import type { OutputSpec } from './output/output-spec.ts'
import { structuredOutputError } from './output/structured-output-error.ts'
import { continueRequest, precedeRequest } from './request.ts'
import { type ChatResult, type Envelope, partialAnswer, type StopReason } from './result.ts'
import type { OpenAnswer } from './sources.ts'
import type { Step } from './step.ts'
import type { ToolPolicy } from './tools/tool-policy.ts'
import { type ToolResult, ToolRuns } from './tools/tool-runs.ts'
import { TurnRecord, type TurnRecordOptions } from './turn-record.ts'
import type { ChatWarning } from './warning.ts'

/** What a call is made of. */
export interface TurnOptions<T> extends TurnRecordOptions {
  /** The first question. */
  readonly request: ConversationRequest
  /** Its messages as the program gave them. */
  readonly messages: readonly ChatMessage[]
  readonly limits: CallLimits
  /** The tools that the client runs; absent where it runs none. */
  readonly tools: Omit<ToolPolicy, 'warn'> | undefined
  /** After how many answers with tools run the call ends. */
  readonly maxSteps: number
  readonly output: OutputSpec<T> | undefined
  /** What a conversation puts around the call. */
  readonly frame: CallFrame | undefined
  readonly onStep: ((step: Step) => void | Promise<void>) | undefined
  ask(request: ConversationRequest, signal: AbortSignal): Promise<OpenAnswer>
}

/** What happens in a call: batches of the model's events, and what goes on around them. */
export type TurnItem =
  | readonly ConversationEvent[]
  /** The model has finished the answer of a step; with the tokens of the call so far, where this step's were reported. */
  | { readonly type: 'answer-end'; readonly usage: ChatUsage | undefined }
  | { readonly type: 'tool-result'; readonly result: ToolResult }
  | { readonly type: 'step-finish'; readonly step: Step }

/** Whether an item is a batch of the model's events. */
export function isBatch(item: TurnItem): item is readonly ConversationEvent[] {
  return Array.isArray(item)
}

/** The life of one call. Nothing happens until it is opened or read. */
export class Turn<T> {
  readonly #options: TurnOptions<T>
  readonly #call: CallSignal
  readonly #meter = new Meter()
  readonly #record: TurnRecord
  // Of any value, so that a call for one type of value passes where any is taken.
  readonly #settled = Promise.withResolvers<ChatResult<unknown>>()
  #request: ConversationRequest
  #opening: readonly ChatMessage[] = []
  #answer: Answer
  #begun = false
  #framed = false
  #attempts = 0
  #value: { readonly output: T } | undefined

  constructor(options: TurnOptions<T>) {
    this.#options = options
    this.#call = new CallSignal(options.limits)
    this.#record = new TurnRecord(options, this.#meter)
    this.#request = options.request
    this.#answer = new Answer((signal) => this.#askFirst(signal), this.#call, this.#meter)
    // Whoever reads the items gets the error there; the promise must not report it a second time as unhandled.
    this.#settled.promise.catch(() => {})
  }

  /** What is the same in all chunks of the call. */
  get envelope(): Envelope {
    return this.#options.envelope
  }

  /** The head of the first answer, once it has arrived. Asking for this makes the call. */
  async open(): Promise<OpenAnswer> {
    this.#begin()
    try {
      return await this.#answer.open()
    } catch (error) {
      // Nobody may ever read on: whatever waits for the call to end is told by the signal.
      this.#call.cancel('the call failed')
      this.#call[Symbol.dispose]()
      throw error
    }
  }

  /**
   * The call, as it comes; to be read once. Leaving early ends it.
   * @throws DaprChatError of every kind, and what the program's own callbacks throw.
   */
  async *items(): AsyncGenerator<TurnItem> {
    this.#begin()
    let stopReason: StopReason | undefined
    let state: 'left' | 'ended' | 'failed' = 'left'
    try {
      while (stopReason === undefined) {
        const answer = this.#answer
        const runs = this.#newRuns()
        const { answerTool } = this.#options.output ?? {}
        const shown = answerTool === undefined ? undefined : new AnswerToolText(answerTool)
        for await (const batch of answer.batches()) {
          // Before the reader sees it: a tool starts the moment its call is complete, however slow the reader is.
          runs?.add(batch)
          const visible = shown ? shown.show(batch) : batch
          if (visible.length > 0) yield visible
          if (runs) for (const result of runs.take()) yield { type: 'tool-result', result }
        }
        const { usage } = answer.result
        yield { type: 'answer-end', usage: usage && this.#record.usage(usage) }
        if (runs) {
          runs.end()
          for (let pending = true; pending; ) {
            // Before anything is handed out: a tool may end while the reader is busy with that.
            const { progress } = runs
            pending = runs.pending
            for (const result of runs.take()) yield { type: 'tool-result', result }
            if (pending) await abortable(progress, this.#call.signal)
          }
        }
        const step = this.#record.add(this.#visible(answer.result), await answer.open(), runs?.results ?? [])
        await this.#options.onStep?.(step)
        stopReason = await this.#next(step, runs)
        if (stopReason !== undefined) await this.#succeed(stopReason)
        yield { type: 'step-finish', step }
      }
      state = 'ended'
    } catch (thrown) {
      state = 'failed'
      const error = thrown instanceof ConversationError ? toChatError(thrown) : thrown
      await this.#fail(error)
      throw error
    } finally {
      // Tools that still run see it too.
      if (state !== 'ended') this.#call.cancel('the reader left the stream')
      this.#call[Symbol.dispose]()
      if (state === 'left' && stopReason === undefined) await this.#leave()
    }
  }

  /** Stops the call; without effect once it has ended. */
  cancel(message: string, cause?: unknown): void {
    this.#call.cancel(message, cause)
  }

  /** What has arrived of the current step. */
  get partial(): PartialAnswer {
    return partialAnswer(this.#visible(this.#answer.arrived))
  }

  /** The whole result. Rejects with the error that ended the call, and with `AbortedError` where its reader left early. */
  get result(): Promise<ChatResult<T>> {
    return this.#settled.promise as Promise<ChatResult<T>>
  }

  /** Tokens of the call so far, those of the answer that is being read estimated from the text. */
  get estimatedUsage(): ChatUsage {
    const [{ text, reasoning, refusal, toolCalls } = nothing] = this.#answer.arrived.choices
    const prompt = this.#request.messages.reduce((sum, message) => sum + estimateTokens(message), 0)
    const said: Message = { role: 'assistant', content: [{ type: 'text', text }], reasoning, refusal, toolCalls }
    const completion = estimateTokens(said) - estimateTokens({ role: 'assistant', content: [], toolCalls: [] })
    const usage = { promptTokens: prompt, completionTokens: completion, totalTokens: prompt + completion }
    return this.#record.usage(usage) ?? writeUsage(usage)
  }

  /** Whether the answer is to have a shape. */
  get hasOutput(): boolean {
    return this.#options.output !== undefined
  }

  /** What can be told of the value of the option `output`; undefined where there is nothing to show. */
  get partialOutput(): unknown {
    const [choice] = this.#answer.arrived.choices
    return choice && this.#options.output?.partial(choice)
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#call.start()
    this.#meter.begin()
  }

  async #askFirst(signal: AbortSignal): Promise<OpenAnswer> {
    const { frame } = this.#options
    if (frame) {
      this.#framed = true
      this.#opening = await frame.opening(signal)
      this.#request = precedeRequest(this.#request, this.#opening)
    }
    return this.#options.ask(this.#request, signal)
  }

  #askNext(said: readonly Message[], request: ConversationRequest): void {
    const next = continueRequest(request, said)
    this.#request = next
    this.#answer = new Answer((signal) => this.#options.ask(next, signal), this.#call, this.#meter)
  }

  #newRuns(): ToolRuns | undefined {
    const { tools, messages } = this.#options
    if (!tools) return undefined
    const record = this.#record
    const policy = { ...tools, warn: (warning: ChatWarning) => record.warn(warning) }
    return new ToolRuns(policy, {
      signal: this.#call.signal,
      step: record.steps.length + 1,
      // Read when a tool starts: what goes in front of the question is known by then.
      messages: () => [...this.#opening, ...messages, ...record.messages],
    })
  }

  /** The answer as the program sees it. */
  #visible(result: ConversationResult): ConversationResult {
    const { answerTool } = this.#options.output ?? {}
    return answerTool === undefined ? result : answerToolAsText(result, answerTool)
  }

  /** Asks again where there is a reason to, or says why the call is over. */
  async #next(step: Step, runs: ToolRuns | undefined): Promise<StopReason | undefined> {
    const { output, maxSteps } = this.#options
    if (runs && step.toolResults.length > 0) {
      const said = this.#record.remember()
      if (runs.denied) return 'approval-denied'
      if (runs.left.length > 0) return 'tool-calls'
      const rounds = this.#record.steps.filter(({ toolResults }) => toolResults.length > 0).length
      if (rounds >= maxSteps) return 'max-steps'
      this.#askNext(said, relaxed(this.#request))
      return undefined
    }
    if (output && (await this.#correct(output))) return undefined
    this.#record.remember()
    return stopReasonOf(step)
  }

  /** Reads the structured answer; whether the model is asked again because of it. */
  async #correct(output: OutputSpec<T>): Promise<boolean> {
    const [choice] = this.#answer.result.choices
    if (!choice) throw new TypeError('a finished answer has at least one choice')
    const reading = await abortable(output.read(choice), this.#call.signal)
    this.#attempts++
    if (!reading.issues) {
      this.#value = { output: reading.value }
      return false
    }
    const correction = output.correction(choice, reading.issues)
    if (this.#attempts >= output.maxAttempts || correction.length === 0) {
      const { component } = await this.#answer.open()
      throw structuredOutputError(output, choice, reading.issues, { attempts: this.#attempts, component })
    }
    this.#askNext(correction, this.#request)
    return true
  }

  async #succeed(stopReason: StopReason): Promise<void> {
    const result = this.#record.result(stopReason)
    await this.#close({ result })
    const { output } = this.#options
    if (this.#value) this.#settled.resolve({ ...result, ...this.#value })
    else this.#settled.resolve(output ? withoutOutput(result, output) : (result as ChatResult))
  }

  async #fail(error: unknown): Promise<void> {
    try {
      await this.#close({ error, messages: this.#record.messages, partial: this.#partialOfOpenStep() })
    } catch {
      // What ended the call is the error to report.
    }
    this.#settled.reject(error)
  }

  async #close(outcome: CallOutcome): Promise<void> {
    if (!this.#framed) return
    this.#framed = false
    await this.#options.frame?.closing(outcome)
  }

  /** What has arrived beside the steps that are complete. */
  #partialOfOpenStep(): PartialAnswer {
    return this.#answer.finished && this.#record.messages.length > 0 ? { text: '', toolCalls: [] } : this.partial
  }

  /** The reader has left. Where only the last words of the last answer are lost there is a result all the same. */
  async #leave(): Promise<void> {
    const answer = this.#answer
    const last = answer.finished && (!this.#options.tools || answer.result.choices[0]?.toolCalls.length === 0)
    if (!last || this.#options.output) {
      return this.#fail(new AbortedError('The stream was left before its end: there is no whole answer'))
    }
    try {
      const step = this.#record.add(answer.result, await answer.open(), [])
      this.#record.remember()
      await this.#succeed(stopReasonOf(step))
    } catch (error) {
      this.#settled.reject(error)
    }
  }
}

function stopReasonOf({ toolCalls }: Step): StopReason {
  return toolCalls.length > 0 ? 'tool-calls' : 'complete'
}

/** After tools have run the model is free: a choice that was forced on it would be forced on it for ever. */
function relaxed(request: ConversationRequest): ConversationRequest {
  const { toolChoice } = request
  const forced = toolChoice === 'required' || typeof toolChoice === 'object'
  return forced ? { ...request, toolChoice: 'auto' } : request
}

/** A result whose call ended before the model gave the value: reading it must not look like a value. */
function withoutOutput(result: Omit<ChatResult, 'output'>, { mode }: OutputSpec<unknown>): ChatResult<unknown> {
  return Object.defineProperty(result as ChatResult<unknown>, 'output', {
    get() {
      throw new StructuredOutputError(
        `Cannot read the output in mode "${mode}": the model must have given it: the call ended before, with stop reason "${result.stopReason}"`,
        { text: result.text, issues: [], attempts: 0 },
      )
    },
  })
}

const nothing = { text: '', reasoning: '', refusal: '', toolCalls: [] } as const
