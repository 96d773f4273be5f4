/**
 * `@dapr-chat/client/telemetry`: traces and metrics of conversations in the names of OpenTelemetry's conventions for
 * generative AI. A program that sets up no OpenTelemetry SDK pays next to nothing for it and sees nothing.
 *
 * @module client/telemetry
 */
import { ConversationError, type ConversationEvent, type Middleware, spanAttribute } from '@dapr-chat/protocol'
import {
  context as active,
  type Meter,
  metrics,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace as tracing,
} from '@opentelemetry/api'
import { createInstruments } from './telemetry/instruments.ts'
import { QuestionSpan } from './telemetry/question-span.ts'
import type { Tool, ToolContext } from './tools/tool.ts'

const SCOPE = '@dapr-chat/client'

/** What is recorded, and where. */
export interface TelemetryOptions {
  /** Default: that of the global tracer provider. */
  readonly tracer?: Tracer
  /** Default: that of the global meter provider. */
  readonly meter?: Meter
  /**
   * The value of `gen_ai.provider.name`. The client sees components and not who is behind them.
   * @default 'dapr'
   */
  readonly provider?: string
  /**
   * Whether what is said goes onto the spans: questions, answers, and arguments and results of tools.
   * @default false
   */
  readonly captureContent?: boolean
}

/**
 * A middleware for `new DaprChatClient({ middleware: [telemetry()] })`. Every question is a span `chat COMPONENT`, whose
 * trace the sidecar goes on with, and is counted in the histograms `gen_ai.client.operation.duration`,
 * `.time_to_first_chunk`, `.time_per_output_chunk` and `gen_ai.client.token.usage`. Retries are inside a question.
 */
export function telemetry(options: TelemetryOptions = {}): Middleware {
  const { provider = 'dapr', captureContent = false } = options
  const tracer = options.tracer ?? tracing.getTracer(SCOPE)
  const instruments = createInstruments(options.meter ?? metrics.getMeter(SCOPE))
  return (next) => (call) => {
    // Here and not at the first read: the caller's own span is the active one now.
    const parent = active.active()
    return observe()

    async function* observe(): AsyncGenerator<readonly ConversationEvent[]> {
      const question = new QuestionSpan(call, parent, { tracer, instruments, provider, captureContent })
      const { trace } = question
      const inside = tracing.setSpan(parent, question.span)
      const run = <T>(read: () => T): T => active.with(inside, read)
      let thrown: unknown = new ConversationError('cancelled', 'the reader left the answer')
      let failed = true
      const iterator = run(() => next({ ...call, ...(trace && { trace }) })[Symbol.asyncIterator]())
      try {
        while (true) {
          const { done, value } = await run(() => iterator.next())
          if (done) break
          question.arrived(value)
          yield value
        }
        failed = false
      } catch (error) {
        thrown = error
        throw error
      } finally {
        if (failed) question.failed(thrown)
        else question.succeeded()
        if (failed) await iterator.return?.()
      }
    }
  }
}

/** The same tool, each run of which is a span `execute_tool NAME`. */
export function traceTool<Input>(tool: Tool<Input>, options: TelemetryOptions = {}): Tool<Input> {
  const { captureContent = false } = options
  const tracer = options.tracer ?? tracing.getTracer(SCOPE)
  return {
    ...tool,
    execute(input: Input, context: ToolContext): Promise<unknown> {
      const attributes = {
        [spanAttribute.operation]: 'execute_tool',
        [spanAttribute.toolName]: tool.name,
        [spanAttribute.toolCallId]: context.toolCallId,
        ...(captureContent && { [spanAttribute.toolArguments]: JSON.stringify(input) }),
      }
      return tracer.startActiveSpan(
        `execute_tool ${tool.name}`,
        { kind: SpanKind.INTERNAL, attributes },
        async (span) => {
          try {
            const result = await tool.execute(input, context)
            if (captureContent) {
              span.setAttribute(spanAttribute.toolResult, typeof result === 'string' ? result : JSON.stringify(result))
            }
            return result
          } catch (thrown) {
            if (thrown instanceof Error) span.recordException(thrown)
            span.setStatus({
              code: SpanStatusCode.ERROR,
              message: thrown instanceof Error ? thrown.message : String(thrown),
            })
            span.setAttribute(spanAttribute.errorType, '_OTHER')
            throw thrown
          } finally {
            span.end()
          }
        },
      )
    },
  }
}
