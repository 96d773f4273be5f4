/**
 * What is known of one call, from its beginning to its end. The telemetry middleware fills it; metrics, traces, the usage
 * store and the console read it. It counts and takes the time, and keeps nothing of what is said.
 */
import { randomUUID } from 'node:crypto'
import {
  type CallObserver,
  type Clock,
  type ConversationCall,
  ConversationError,
  type ConversationEvent,
  isOutput,
  type Usage,
} from '@dapr-chat/protocol'
import type { CallDetail, CallPhase, CallState, CallSummary, CallTokens } from '@dapr-chat/protocol/console'

/** The component that a call is for. */
export interface RecordedComponent {
  readonly name: string
  readonly type: string
  /** Who runs its models, by OpenTelemetry's names. */
  readonly provider: string
  /** The model it asks where the request names none. */
  readonly model: string | undefined
  /** The address of its API, where that is not the vendor's own. */
  readonly endpoint: string | undefined
}

/** Moments of a call, in milliseconds after its beginning; absent where it has not come so far. */
export interface CallTimes {
  /** The provider was asked for the first time. */
  readonly askedMs: number | undefined
  readonly firstOutputMs: number | undefined
  readonly lastOutputMs: number | undefined
  /** The end; of a call in progress, now. */
  readonly endMs: number
}

interface Attempt {
  readonly askedMs: number
  answeredMs?: number
  endedMs?: number
}

/** The most of an error's message that is kept, in UTF-16 code units. */
const MAX_MESSAGE_LENGTH = 2_000

/** One call; times are in milliseconds after its beginning. */
export class CallRecord implements CallObserver {
  readonly id = randomUUID()
  readonly startedAt = Date.now()
  readonly call: ConversationCall
  readonly component: RecordedComponent
  readonly #start = performance.now()
  readonly #attempts: Attempt[] = []
  #cachedMs: number | undefined
  #refused = false
  #firstMs: number | undefined
  #lastMs = 0
  #endMs: number | undefined
  #chunks = 0
  #toolCalls = 0
  #endedToolCalls = 0
  /** When the first tool call began, and when one last began or ended. */
  #toolsMs: number | undefined
  #lastToolMs = 0
  readonly #ranOut: Clock[] = []
  #usage: Usage | undefined
  #model: string | undefined
  #responseId: string | undefined
  /** By choice. */
  readonly #finishReasons = new Map<number, string>()
  #state: CallState = 'running'
  #error: ConversationError | undefined

  constructor(call: ConversationCall, component: RecordedComponent) {
    this.call = call
    this.component = component
  }

  attempted(): void {
    this.#attempts.push({ askedMs: this.#now() })
  }

  answered(): void {
    const attempt = this.#attempts.at(-1)
    if (attempt) attempt.answeredMs ??= this.#now()
  }

  retried({ clock }: ConversationError): void {
    const attempt = this.#attempts.at(-1)
    if (attempt) attempt.endedMs = this.#now()
    if (clock !== undefined) this.#ranOut.push(clock)
  }

  refused(): void {
    this.#refused = true
  }

  servedFromCache(): void {
    this.#cachedMs = this.#now()
  }

  /** Takes in a batch that goes to the caller. */
  read(batch: readonly ConversationEvent[]): void {
    const chunksBefore = this.#chunks
    const toolsBefore = this.#toolCalls + this.#endedToolCalls
    for (const event of batch) {
      if (isOutput(event)) this.#chunks++
      if (event.type === 'tool-call-start') this.#toolCalls++
      else if (event.type === 'tool-call-end') this.#endedToolCalls++
      else if (event.type === 'usage') this.#usage = event.usage
      else if (event.type === 'message-start') {
        this.#model ??= event.model
        this.#responseId ??= event.id
      } else if (event.type === 'finish') this.#finishReasons.set(event.choice, event.reason)
    }
    const hasOutput = this.#chunks > chunksBefore
    const hasTools = this.#toolCalls + this.#endedToolCalls > toolsBefore
    if (!hasOutput && !hasTools) return
    const now = this.#now()
    if (hasOutput) {
      this.#lastMs = now
      this.#firstMs ??= now
    }
    if (hasTools) {
      this.#lastToolMs = now
      this.#toolsMs ??= now
    }
  }

  /** The call is over; without an error the caller has everything. */
  end(thrown?: unknown): void {
    this.#endMs = this.#now()
    const error = thrown === undefined ? this.#missing() : ConversationError.from(thrown)
    // A caller who has the finish and leaves before the token counts come has lost nothing of the answer.
    if (!error || (error.code === 'cancelled' && this.finished)) {
      this.#state = 'succeeded'
      return
    }
    this.#error = error
    if (error.clock !== undefined) this.#ranOut.push(error.clock)
    if (error.code === 'cancelled') this.#state = 'cancelled'
    else this.#state = this.#chunks > 0 ? 'interrupted' : 'failed'
  }

  /** The call goes no further: it reaches no component, and its time is nobody's. */
  refuse(error: ConversationError): void {
    this.#error = error
    this.#state = 'failed'
  }

  /** What an answer lacks that has ended without an error. */
  #missing(): ConversationError | undefined {
    if (this.finished) return undefined
    return new ConversationError('protocol', 'the answer ended without a finish reason')
  }

  /** Whether the model has said why it stopped. */
  get finished(): boolean {
    return this.#finishReasons.size > 0
  }

  /** How far it has come, or how it ended. */
  get state(): CallState {
    return this.#state
  }

  /** Whether the last word was the circuit breaker's. */
  get wasRefused(): boolean {
    return this.#refused && this.#error !== undefined
  }

  /** Whether the response cache answered. */
  get cached(): boolean {
    return this.#cachedMs !== undefined
  }

  /** The clocks that ran out, those of attempts that were made again too. */
  get clocksRanOut(): readonly Clock[] {
    return this.#ranOut
  }

  /** The model that was asked for, by the request or by the component. */
  get askedModel(): string | undefined {
    return this.call.request.model ?? this.component.model
  }

  /** The model that says it answered. */
  get answeringModel(): string | undefined {
    return this.#model
  }

  /** The provider's id of the answer. */
  get responseId(): string | undefined {
    return this.#responseId
  }

  /** Why the model stopped, by choice; those that have not finished are not there. */
  get finishReasons(): ReadonlyMap<number, string> {
    return this.#finishReasons
  }

  /** Pieces of model output. */
  get chunks(): number {
    return this.#chunks
  }

  /** When what happened. */
  get times(): CallTimes {
    return {
      askedMs: this.#attempts[0]?.askedMs,
      firstOutputMs: this.#firstMs,
      lastOutputMs: this.#firstMs === undefined ? undefined : this.#lastMs,
      endMs: this.#endMs ?? this.#now(),
    }
  }

  /** What the provider reported; absent where it did not. */
  get usage(): Usage | undefined {
    return this.#usage
  }

  /** Why the call failed; absent where it did not. */
  get error(): ConversationError | undefined {
    return this.#error
  }

  /**
   * The row of the log.
   * @param costUsd what the call cost in US dollars, where it is known.
   */
  summary(costUsd?: number): CallSummary {
    const { component, call } = this
    const { contextId } = call.request
    const model = this.#model ?? this.askedModel
    const traceId = call.trace?.traceparent.split('-')[1]
    const [finishReason] = this.#finishReasons.values()
    return {
      id: this.id,
      startedAt: this.startedAt,
      state: this.#state,
      surface: call.origin?.surface ?? 'dapr-http',
      streamed: call.origin?.streamed ?? true,
      component: component.name,
      type: component.type,
      ...(model !== undefined && { model }),
      caller: call.caller.id,
      ...(contextId !== undefined && { contextId }),
      ...(traceId !== undefined && { traceId }),
      ...(this.#endMs !== undefined && { durationMs: this.#endMs }),
      ...(this.#firstMs !== undefined && { timeToFirstTokenMs: this.#firstMs }),
      chunks: this.#chunks,
      tokens: tokensOf(this.#usage),
      ...(costUsd !== undefined && { costUsd }),
      ...(finishReason !== undefined && { finishReason }),
      cached: this.cached,
      attempts: this.#attempts.length,
      toolCalls: this.#toolCalls,
      ...(this.#error && { error: { code: this.#error.code, message: shortened(this.#error.message) } }),
    }
  }

  /** All that is known. */
  detail(costUsd?: number): CallDetail {
    return { ...this.summary(costUsd), phases: this.#phases() }
  }

  #phases(): CallPhase[] {
    const endMs = this.#endMs ?? this.#now()
    const phases: CallPhase[] = []
    // One that was refused.
    if (this.#endMs === undefined && this.#error) return phases
    const add = (name: CallPhase['name'], startMs: number, untilMs: number) =>
      phases.push({ name, startMs, durationMs: Math.max(0, untilMs - startMs) })
    add('queue', 0, this.#cachedMs ?? this.#attempts[0]?.askedMs ?? endMs)
    for (const [index, { askedMs, answeredMs, endedMs }] of this.#attempts.entries()) {
      // Output comes from the last attempt: after it there is no other.
      const isLast = index === this.#attempts.length - 1
      const untilMs = endedMs ?? (isLast ? (this.#firstMs ?? endMs) : endMs)
      add('connect', askedMs, answeredMs ?? untilMs)
      if (answeredMs !== undefined) add('first-token', answeredMs, untilMs)
      const next = this.#attempts[index + 1]
      if (endedMs !== undefined && next) add('wait', endedMs, next.askedMs)
    }
    if (this.#firstMs !== undefined) add('stream', this.#firstMs, this.#lastMs)
    if (this.#toolsMs !== undefined) {
      // One that was cut off in the middle of a tool call: as far as it came.
      const areWhole = this.#endedToolCalls >= this.#toolCalls
      add('tools', this.#toolsMs, areWhole ? this.#lastToolMs : this.#lastMs)
    }
    return phases
  }

  #now(): number {
    return performance.now() - this.#start
  }
}

/** A message may repeat what the caller sent, such as a name; rows are of a bounded size. */
function shortened(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed()}…`
}

function tokensOf(usage: Usage | undefined): CallTokens {
  if (!usage) return {}
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage
  return {
    input: promptTokens,
    output: completionTokens,
    ...(cachedTokens !== undefined && { cached: cachedTokens }),
    ...(reasoningTokens !== undefined && { reasoning: reasoningTokens }),
  }
}
