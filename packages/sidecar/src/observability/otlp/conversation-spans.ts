/**
 * The span of each conversation and those of its attempts, in OpenTelemetry's conventions for generative AI. Begun and
 * ended as the call book says; between the two nothing is done, and nothing of what is said is on them unless the
 * operator asks for it (`middleware/trace-content.ts`).
 */

import type { CallObserver, JsonValue, TraceContext } from '@dapr-chat/protocol'
import { spanAttribute } from '@dapr-chat/protocol'
import type { CallPhase } from '@dapr-chat/protocol/console'
import { type Attributes, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { CallSink } from '../call-book.ts'
import type { CallRecord } from '../call-record.ts'
import { errorTypeOf } from '../error-type.ts'
import type { GenAiNames } from '../genai-names.ts'
import { serverAddress } from '../server-address.ts'
import type { TelemetryPlan } from './plan.ts'
import { parentContext, writeTraceContext } from './trace-context.ts'

/** The provider that is the sidecar itself. */
const ECHO = 'echo'

/** An event of the conventions. They want it in the log of events, which is not sent; its message is left out. */
const EXCEPTION_EVENT = 'gen_ai.client.operation.exception'

/** The most choices that anybody asks for: a caller may ask for any number. */
const MAX_CHOICES = 128

/** One try to get an answer, in milliseconds after the call's beginning. */
interface Attempt {
  readonly startMs: number
  readonly endMs: number
  readonly failed: boolean
}

/** Makes the spans. */
export class ConversationSpans implements CallSink {
  /** Whether what is said goes onto the spans. */
  readonly capturesContent: boolean
  readonly #tracer: Tracer
  readonly #names: Pick<GenAiNames, 'cacheWriteAttribute'>
  /** By the record of the call, which the call carries as its observer. */
  readonly #spans = new WeakMap<CallObserver, Span>()

  constructor(tracer: Tracer, { captureContent, names }: Pick<TelemetryPlan, 'captureContent' | 'names'>) {
    this.capturesContent = captureContent
    this.#tracer = tracer
    this.#names = names
  }

  began(record: CallRecord): void {
    const { component, call, startedAt: startTime } = record
    const options = {
      kind: component.provider === ECHO ? SpanKind.INTERNAL : SpanKind.CLIENT,
      startTime,
      attributes: identity(record),
    }
    const name = `chat ${record.askedModel ?? component.name}`
    const span = this.#tracer.startSpan(name, options, parentContext(call.trace, false))
    if (span.isRecording()) span.setAttributes(requestAttributes(record))
    this.#spans.set(record, span)
  }

  ended(record: CallRecord, costUsd: number | undefined): void {
    const span = this.#spans.get(record)
    if (!span?.isRecording()) return
    const { state, error, startedAt } = record
    span.setAttributes(answerAttributes(record, costUsd, this.#names.cacheWriteAttribute))
    this.#attempts(span, record)
    if (error && state !== 'succeeded') {
      span.setAttribute(spanAttribute.errorType, errorTypeOf(record) ?? '_OTHER')
      // The code and not the message, in which a vendor may repeat what was said.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.code })
      // A caller who leaves is no failure of the provider's.
      if (state !== 'cancelled') span.addEvent(EXCEPTION_EVENT, { [spanAttribute.exceptionType]: error.code })
    }
    span.end(startedAt + record.times.endMs)
  }

  /** Where the conversation stands in its trace, for those it asks. */
  traceOf(observer: CallObserver): TraceContext | undefined {
    const span = this.#spans.get(observer)
    return span && writeTraceContext(span.spanContext())
  }

  /** The span of a conversation in progress, where it is recorded. */
  recording(observer: CallObserver): Pick<Span, 'setAttribute'> | undefined {
    const span = this.#spans.get(observer)
    return span?.isRecording() ? span : undefined
  }

  #attempts(parent: Span, record: CallRecord): void {
    const { component, startedAt } = record
    const overHttp = component.provider !== ECHO
    const context = trace.setSpan(parentContext(undefined, false), parent)
    for (const [index, { startMs, endMs, failed }] of attemptsOf(record).entries()) {
      const attributes: Attributes = {
        ...(overHttp && { 'http.request.method': 'POST' }),
        ...(overHttp && index > 0 && { 'http.request.resend_count': index }),
        ...serverOf(component.endpoint),
      }
      const kind = overHttp ? SpanKind.CLIENT : SpanKind.INTERNAL
      const options = { kind, startTime: startedAt + startMs, attributes }
      const span = this.#tracer.startSpan(overHttp ? 'POST' : 'attempt', options, context)
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end(startedAt + endMs)
    }
  }
}

/** What samplers and every figure know a conversation by. */
function identity({ component, askedModel }: CallRecord): Attributes {
  return {
    [spanAttribute.operation]: 'chat',
    [spanAttribute.provider]: component.provider,
    [spanAttribute.requestModel]: askedModel ?? component.name,
    [spanAttribute.component]: component.name,
    ...serverOf(component.endpoint),
  }
}

function requestAttributes({ call }: CallRecord): Attributes {
  const { temperature, maxTokens, contextId, responseFormat, parameters = {} } = call.request
  const number = (name: string, value: JsonValue | undefined) => (typeof value === 'number' ? { [name]: value } : {})
  return {
    [spanAttribute.stream]: call.origin?.streamed ?? true,
    [spanAttribute.outputType]: responseFormat ? 'json' : 'text',
    [spanAttribute.caller]: call.caller.id,
    ...number(spanAttribute.temperature, temperature),
    ...number(spanAttribute.maxTokens, maxTokens),
    ...number(spanAttribute.topP, parameters.top_p),
    ...number(spanAttribute.topK, parameters.top_k),
    ...number(spanAttribute.seed, parameters.seed),
    ...number(spanAttribute.frequencyPenalty, parameters.frequency_penalty),
    ...number(spanAttribute.presencePenalty, parameters.presence_penalty),
    ...number(spanAttribute.choiceCount, parameters.n),
    ...stopSequences(parameters.stop),
    ...(contextId !== undefined && { [spanAttribute.conversation]: contextId }),
  }
}

function stopSequences(value: JsonValue | undefined): Attributes {
  const texts = (Array.isArray(value) ? value : [value]).filter((text) => typeof text === 'string')
  return texts.length > 0 ? { [spanAttribute.stopSequences]: texts } : {}
}

/** Why each choice stopped; as the conventions have it, one that was cut stopped because of an error. */
function finishReasonsOf({ finishReasons, state, chunks, call }: CallRecord): string[] {
  if (state === 'succeeded')
    return Array.from(finishReasons)
      .sort(([a], [b]) => a - b)
      .map(([, reason]) => reason)
  if (chunks === 0) return []
  const { n } = call.request.parameters ?? {}
  const length = typeof n === 'number' ? Math.min(Math.max(1, n), MAX_CHOICES) : 1
  return Array.from({ length }, (_, choice) => finishReasons.get(choice) ?? 'error')
}

function answerAttributes(record: CallRecord, costUsd: number | undefined, cacheWriteAttribute: string): Attributes {
  const { answeringModel, responseId, usage, times, cached } = record
  const reasons = finishReasonsOf(record)
  return {
    [spanAttribute.cached]: cached,
    ...(responseId !== undefined && { [spanAttribute.responseId]: responseId }),
    ...(answeringModel !== undefined && { [spanAttribute.responseModel]: answeringModel }),
    ...(reasons.length > 0 && { [spanAttribute.finishReasons]: reasons }),
    ...(times.firstOutputMs !== undefined && { [spanAttribute.timeToFirstChunk]: times.firstOutputMs / 1000 }),
    ...(usage && {
      [spanAttribute.inputTokens]: usage.promptTokens,
      [spanAttribute.outputTokens]: usage.completionTokens,
      ...(usage.cachedTokens !== undefined && { [spanAttribute.cachedTokens]: usage.cachedTokens }),
      ...(usage.cacheWriteTokens !== undefined && { [cacheWriteAttribute]: usage.cacheWriteTokens }),
      ...(usage.reasoningTokens !== undefined && { [spanAttribute.reasoningTokens]: usage.reasoningTokens }),
    }),
    ...(costUsd !== undefined && { [spanAttribute.costUsd]: costUsd }),
  }
}

function serverOf(endpoint: string | undefined): Attributes {
  const server = serverAddress(endpoint)
  return server ? { [spanAttribute.serverAddress]: server.host, [spanAttribute.serverPort]: server.port } : {}
}

/** Each attempt begins with its connection and ends with its last output, or where the next one is waited for. */
function attemptsOf(record: CallRecord): Attempt[] {
  const attempts: Attempt[] = []
  const until = ({ startMs, durationMs }: CallPhase) => startMs + durationMs
  for (const phase of record.detail().phases) {
    const last = attempts.at(-1)
    if (phase.name === 'connect') {
      if (last) attempts[attempts.length - 1] = { ...last, failed: true }
      attempts.push({ startMs: phase.startMs, endMs: until(phase), failed: false })
    } else if (last && (phase.name === 'first-token' || phase.name === 'stream')) {
      attempts[attempts.length - 1] = { ...last, endMs: until(phase) }
    }
  }
  const last = attempts.at(-1)
  // After output nobody tries again, so that a call fails as its last attempt does.
  if (last && record.state !== 'succeeded') attempts[attempts.length - 1] = { ...last, failed: true }
  return attempts
}
