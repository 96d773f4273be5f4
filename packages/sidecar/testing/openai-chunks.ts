/** The pieces that an OpenAI-compatible stream is made of, as `text/event-stream`, for scripts of `scriptedProvider`. */
import type { ChatUsage } from '@dapr-chat/protocol/openai'
import { encodeSse } from '@dapr-chat/protocol/sse'

/** What every chunk of a scripted answer says. */
const envelope = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'scripted-1' }

/** What one chunk adds to a choice: `{ content: 'Hello' }`. */
export function chunk(delta: object, choice = 0): string {
  return encodeSse(JSON.stringify({ ...envelope, choices: [{ index: choice, delta, finish_reason: null }] }))
}

/** The end of a choice. */
export function finish(reason: string, choice = 0): string {
  return encodeSse(JSON.stringify({ ...envelope, choices: [{ index: choice, delta: {}, finish_reason: reason }] }))
}

/** The chunk with the token counts; details are given in OpenAI's names. */
export function usage(prompt: number, completion: number, details: Partial<ChatUsage> = {}): string {
  const counts = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
  return encodeSse(JSON.stringify({ ...envelope, choices: [], usage: { ...counts, ...details } }))
}

/** One element of `tool_calls`, with whatever members the server in question sends: index, id, name, arguments. */
export interface ScriptedToolDelta {
  readonly index?: number
  readonly id?: string | null
  readonly name?: string
  readonly arguments?: unknown
}

/** A chunk with a piece of a tool call. */
export function toolDelta(delta: ScriptedToolDelta, choice = 0): string {
  const { index, id, name, arguments: args } = delta
  const call = {
    ...(index !== undefined && { index }),
    ...(id !== undefined && { id }),
    type: 'function',
    function: { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) },
  }
  return chunk({ tool_calls: [call] }, choice)
}

/** The event that ends a stream. */
export const done: string = encodeSse('[DONE]')

/** A whole answer, one chunk for each text. */
export function textAnswer(...texts: readonly string[]): string[] {
  const chunks = texts.map((content) => chunk({ content }))
  return [chunk({ role: 'assistant', content: '' }), ...chunks, finish('stop'), usage(3, texts.length), done]
}
