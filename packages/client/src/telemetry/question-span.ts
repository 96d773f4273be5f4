/** Watches one question and its answer: a span, and the values of the histograms. */
import {
  type ConversationCall,
  type ConversationEvent,
  inputMessages,
  isOutput,
  outputMessages,
  ResultFold,
  spanAttribute,
  type TraceContext,
} from '@dapr-chat/protocol'
import {
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { Instruments } from './instruments.ts'
import { errorType } from './names.ts'

/** What all questions of a client share. */
export interface QuestionSpanOptions {
  readonly tracer: Tracer
  readonly instruments: Instruments
  readonly provider: string
  readonly captureContent: boolean
}

/** One question, from its start to its end. */
export class QuestionSpan {
  readonly span: Span
  readonly #options: QuestionSpanOptions
  readonly #labels: Attributes
  readonly #fold = new ResultFold()
  readonly #start = performance.now()
  #first: number | undefined
  #last = this.#start
  #streamed = false

  constructor(call: ConversationCall, parent: Context, options: QuestionSpanOptions) {
    this.#options = options
    const { component, request } = call
    const { temperature, maxTokens, contextId, responseFormat, messages } = request
    this.#labels = {
      [spanAttribute.operation]: 'chat',
      [spanAttribute.provider]: options.provider,
      [spanAttribute.requestModel]: request.model ?? component,
      [spanAttribute.component]: component,
    }
    const attributes: Attributes = {
      ...this.#labels,
      [spanAttribute.outputType]: responseFormat ? 'json' : 'text',
      ...(temperature !== undefined && { [spanAttribute.temperature]: temperature }),
      ...(maxTokens !== undefined && { [spanAttribute.maxTokens]: maxTokens }),
      ...(contextId !== undefined && { [spanAttribute.conversation]: contextId }),
      ...(options.captureContent && { [spanAttribute.inputMessages]: inputMessages(messages) }),
    }
    this.span = options.tracer.startSpan(`chat ${component}`, { kind: SpanKind.CLIENT, attributes }, parent)
  }

  /** The trace context that the sidecar goes on with; absent where nothing records. */
  get trace(): TraceContext | undefined {
    const context = this.span.spanContext()
    if (!trace.isSpanContextValid(context)) return undefined
    const { traceId, spanId, traceFlags, traceState } = context
    const tracestate = traceState?.serialize()
    const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
    return { traceparent, ...(tracestate && { tracestate }) }
  }

  /** A batch has arrived. */
  arrived(batch: readonly ConversationEvent[]): void {
    for (const event of batch) this.#fold.add(event)
    if (!batch.some(isOutput)) return
    const now = performance.now()
    if (this.#first === undefined) {
      this.#first = now
      // What comes in one piece with its end is a whole answer, which has no first chunk of its own.
      this.#streamed = !batch.some(({ type }) => type === 'finish')
      if (this.#streamed) this.#options.instruments.timeToFirstChunk.record((now - this.#start) / 1000, this.#labels)
    } else {
      this.#options.instruments.timePerOutputChunk.record((now - this.#last) / 1000, this.#labels)
    }
    this.#last = now
  }

  /** The answer is over. */
  succeeded(): void {
    this.#end(this.#labels)
  }

  /** The answer failed, or its reader left. */
  failed(thrown: unknown): void {
    const type = errorType(thrown)
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    if (thrown instanceof Error) this.span.recordException(thrown)
    this.span.setStatus({ code: SpanStatusCode.ERROR, message })
    this.span.setAttribute(spanAttribute.errorType, type)
    this.#end({ ...this.#labels, [spanAttribute.errorType]: type })
  }

  #end(labels: Attributes): void {
    const { span } = this
    const { instruments, captureContent } = this.#options
    const { finished } = this.#fold
    const { id, model, choices, usage } = this.#fold.partial
    const withModel = { ...labels, ...(model !== undefined && { [spanAttribute.responseModel]: model }) }
    instruments.duration.record((performance.now() - this.#start) / 1000, withModel)
    if (id !== undefined) span.setAttribute(spanAttribute.responseId, id)
    if (model !== undefined) span.setAttribute(spanAttribute.responseModel, model)
    const reasons = choices.map(({ finishReason }) => (finished ? finishReason : 'error'))
    if (reasons.length > 0) span.setAttribute(spanAttribute.finishReasons, reasons)
    if (this.#streamed) span.setAttribute(spanAttribute.stream, true)
    if (this.#streamed && this.#first !== undefined) {
      span.setAttribute(spanAttribute.timeToFirstChunk, (this.#first - this.#start) / 1000)
    }
    if (usage) {
      const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage
      span.setAttribute(spanAttribute.inputTokens, promptTokens)
      span.setAttribute(spanAttribute.outputTokens, completionTokens)
      if (cachedTokens !== undefined) span.setAttribute(spanAttribute.cachedTokens, cachedTokens)
      if (reasoningTokens !== undefined) span.setAttribute(spanAttribute.reasoningTokens, reasoningTokens)
      instruments.tokens.record(promptTokens, { ...withModel, [spanAttribute.tokenType]: 'input' })
      instruments.tokens.record(completionTokens, { ...withModel, [spanAttribute.tokenType]: 'output' })
    }
    if (captureContent) span.setAttribute(spanAttribute.outputMessages, outputMessages(this.#fold.partial))
    span.end()
  }
}
