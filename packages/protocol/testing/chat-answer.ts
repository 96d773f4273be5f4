/** Bodies of OpenAI's chat wire for tests, and the reading of one in whatever pieces a test cuts it into. */
import type { ConversationEvent } from '../src/conversation/event.ts'
import { type ConversationResult, ResultFold } from '../src/conversation/result.ts'
import type { ConversationError } from '../src/error.ts'
import { ChatStreamReader, type ChatStreamReaderOptions } from '../src/openai/chat-stream.ts'

/** An event stream of these payloads; strings go in as they are, such as `[DONE]`. */
export function sse(...payloads: readonly (object | string)[]): string {
  return payloads
    .map((payload) => `data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}\n\n`)
    .join('')
}

/** A chunk that adds a delta to one choice. */
export function chunk(delta: object, finish: string | null = null, index = 0): object {
  return { id: 'chatcmpl-1', model: 'test-1', choices: [{ index, delta, finish_reason: finish }] }
}

/** A chunk with one element of `tool_calls`. */
export function toolChunk(...calls: readonly object[]): object {
  return chunk({ tool_calls: calls })
}

/** What reading a body came to. */
export interface ReadAnswer {
  readonly events: readonly ConversationEvent[]
  readonly result: ConversationResult
  readonly failure: ConversationError | undefined
  readonly done: boolean
}

/** Reads a body, whole or in the given pieces. Made-up tool call ids become `made-up-0` and so on, to be comparable. */
export function readAnswer(
  body: string | Uint8Array | readonly Uint8Array[],
  options: ChatStreamReaderOptions = {},
): ReadAnswer {
  const reader = new ChatStreamReader(options)
  const pieces = typeof body === 'string' ? [bytesOf(body)] : body instanceof Uint8Array ? [body] : body
  const events = [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()].map(withComparableId)
  const fold = new ResultFold()
  for (const event of events) fold.add(event)
  return { events, result: fold.partial, failure: reader.failure, done: reader.done }
}

/** Every way of cutting a body in two, and the body byte by byte. A stride skips cuts of a long one. */
export function* cuts(body: string | Uint8Array, stride = 1): Generator<Uint8Array[]> {
  const bytes = bytesOf(body)
  for (let at = 1; at < bytes.length; at += stride) yield [bytes.subarray(0, at), bytes.subarray(at)]
  yield Array.from(bytes, (byte) => Uint8Array.of(byte))
}

export function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? new TextEncoder().encode(body) : body
}

function withComparableId(event: ConversationEvent): ConversationEvent {
  if (event.type !== 'tool-call-start' || !/^call_[0-9a-f]{32}$/.test(event.id)) return event
  return { ...event, id: `made-up-${event.index}` }
}
