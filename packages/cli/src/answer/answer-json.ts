/** Answers for programs: one JSON object for a whole answer, or one for each event. Used by `ask` and `chat`. */
import { type ChatResult, DaprChatError, type StreamEvent } from '@dapr-chat/client'

/** Raised when a line of `--jsonl` changes in a way that a reader notices; new fields and types do not count. */
const JSONL_VERSION = 1

/** The answer in OpenAI's shape, with what this command knows beyond it. */
export function answerJson(component: string, result: ChatResult<unknown>, hasOutput: boolean): object {
  const { id, object, created, model, choices, usage, toolCalls, stopReason, output } = result
  return {
    ...{ id, object, created, model, choices, usage, component },
    ...(stopReason !== 'complete' && { stop_reason: stopReason, tool_calls: toolCalls }),
    ...(hasOutput && { output }),
    streaming: result.metrics.streaming,
    timings: timings(result.metrics),
  }
}

/** The line of an event; nothing for events that are of no use outside the client. */
export function eventJson(event: StreamEvent): object | undefined {
  switch (event.type) {
    case 'start':
      return { type: 'start', version: JSONL_VERSION, component: event.component, streaming: event.mode }
    case 'text-delta':
      return { type: 'delta', text: event.text }
    case 'reasoning-delta':
      return { type: 'reasoning', text: event.text }
    case 'refusal-delta':
      return { type: 'refusal', text: event.text }
    case 'tool-call': {
      const { name, arguments: text } = event.call.function
      return { type: 'tool_call', id: event.call.id, name, arguments: text }
    }
    case 'tool-result': {
      const { call, content, isError, durationMs } = event
      return { type: 'tool_result', id: call.id, content, is_error: isError, duration_ms: rounded(durationMs) }
    }
    case 'usage':
      return event.estimated ? undefined : { type: 'usage', ...event.usage }
    case 'tool-call-delta':
    case 'output-partial':
    case 'step-finish':
    case 'finish':
      return undefined
  }
}

/** The last line of an answer that is whole. */
export function endJson(result: ChatResult<unknown>, hasOutput: boolean): object {
  const { finishReason, stopReason, model, usage, metrics, output } = result
  return {
    type: 'end',
    finish_reason: finishReason,
    stop_reason: stopReason,
    model,
    usage,
    ...(hasOutput && { output }),
    timings: timings(metrics),
  }
}

/** The last line of an answer that failed. */
export function errorJson(thrown: unknown, exitCode: number): object {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const known = thrown instanceof DaprChatError ? { code: thrown.code, hint: thrown.hint } : { code: 'internal' }
  return { type: 'error', ...known, message, exit_code: exitCode }
}

function timings({ timeToFirstChunkMs, durationMs }: ChatResult['metrics']): object {
  return {
    ...(timeToFirstChunkMs !== undefined && { first_ms: rounded(timeToFirstChunkMs) }),
    total_ms: rounded(durationMs),
  }
}

/** Nobody needs more than microseconds. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000
}
