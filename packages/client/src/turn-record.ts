/** What a call has brought so far, step by step, and the result that is made of it at its end. */
import { type ConversationResult, type Message, sumUsage, type Usage } from '@dapr-chat/protocol'
import { type ChatUsage, writeUsage } from '@dapr-chat/protocol/openai'
import { type ChatMessage, readInput } from './message.ts'
import type { Meter } from './metrics.ts'
import { costUsd, type PriceTable } from './pricing.ts'
import {
  assistantMessage,
  type ChatResult,
  type Completion,
  type Envelope,
  makeCompletion,
  type StopReason,
} from './result.ts'
import type { OpenAnswer } from './sources.ts'
import { makeStep, type Step } from './step.ts'
import type { ToolResult } from './tools/tool-runs.ts'
import type { ChatWarning } from './warning.ts'

/** What is the same for the whole call. */
export interface TurnRecordOptions {
  readonly envelope: Envelope
  /** Whether the answer is shown as a stream. */
  readonly streams: boolean
  readonly pricing: PriceTable
}

interface LastAnswer {
  readonly completion: Completion
  readonly step: Step
  readonly head: OpenAnswer
}

/** The record of one call. */
export class TurnRecord {
  readonly #options: TurnRecordOptions
  readonly #meter: Meter
  readonly #steps: Step[] = []
  readonly #messages: ChatMessage[] = []
  readonly #usages: Usage[] = []
  readonly #warnings = new Map<string, ChatWarning>()
  #last: LastAnswer | undefined

  constructor(options: TurnRecordOptions, meter: Meter) {
    this.#options = options
    this.#meter = meter
  }

  /** The steps that are complete. */
  get steps(): readonly Step[] {
    return this.#steps
  }

  /** What the complete steps have added to the conversation. */
  get messages(): readonly ChatMessage[] {
    return this.#messages
  }

  /** Notes something that was done otherwise than asked; the same thing in several steps counts once. */
  warn(warning: ChatWarning): void {
    this.#warnings.set(`${warning.code} ${warning.message}`, warning)
  }

  /** Notes a finished answer and what was run because of it. */
  add(result: ConversationResult, head: OpenAnswer, toolResults: readonly ToolResult[]): Step {
    for (const warning of head.warnings) this.warn(warning)
    if (result.usage) this.#usages.push(result.usage)
    const step = makeStep(result, { index: this.#steps.length + 1, attempts: head.attempts, toolResults })
    this.#steps.push(step)
    this.#last = { completion: makeCompletion(result, this.#options.envelope), step, head }
    return step
  }

  /** Adds the last answer and the results of its tools to the conversation, and returns them for the next question. */
  remember(): readonly Message[] {
    const { completion, step } = this.#lastAnswer()
    const said = [assistantMessage(completion), ...step.toolResults.map(toolMessage)]
    this.#messages.push(...said)
    return readInput(said)
  }

  /** The tokens of all steps, and of one that is not complete. Absent where none reported any. */
  usage(current?: Usage): ChatUsage | undefined {
    const usage = sumUsage(current ? [...this.#usages, current] : this.#usages)
    return usage && writeUsage(usage)
  }

  /** The result, but for the value of a structured answer. */
  result(stopReason: StopReason): Omit<ChatResult, 'output'> {
    const { envelope, streams, pricing } = this.#options
    const { completion, step, head } = this.#lastAnswer()
    const { usage: _, ...answer } = completion
    const { text, finishReason, rawFinishReason, toolResults } = step
    const run = new Set(toolResults.map(({ call }) => call.id))
    const usage = this.usage()
    return {
      ...answer,
      ...(usage && { usage }),
      text,
      finishReason,
      ...(rawFinishReason !== undefined && { rawFinishReason }),
      toolCalls: step.toolCalls.filter(({ id }) => !run.has(id)),
      stopReason,
      steps: this.#steps,
      messages: this.#messages,
      ...(envelope.contextId !== undefined && { contextId: envelope.contextId }),
      metrics: this.#meter.metrics(text, usage, {
        attempts: this.#steps.reduce((sum, { attempts }) => sum + attempts, 0),
        steps: this.#steps.length,
        toolCalls: this.#steps.reduce((sum, { toolCalls }) => sum + toolCalls.length, 0),
        costUsd: costUsd(this.#steps, pricing),
        usageEstimated: this.#steps.some((each) => each.usage === undefined),
        streaming: streams ? head.mode : 'none',
      }),
      warnings: [...this.#warnings.values()],
      ...(head.raw !== undefined && { raw: head.raw }),
    }
  }

  #lastAnswer(): LastAnswer {
    if (!this.#last) throw new TypeError('a call that has ended has at least one step')
    return this.#last
  }
}

function toolMessage({ call, content, isError }: ToolResult): ChatMessage {
  const { id, function: called } = call
  return { role: 'tool', tool_call_id: id, name: called.name, content, ...(isError && { isError }) }
}
