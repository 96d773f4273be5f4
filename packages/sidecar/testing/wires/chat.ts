import { encodeSse } from '@dapr-chat/protocol/sse'
import { chunk, done, finish, toolDelta, usage } from '../openai-chunks.ts'
import { type ProviderWire, sseEvent } from './provider-wire.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** OpenAI's chat chunks. */
export function chatWire(): ProviderWire {
  return {
    contentType: 'text/event-stream',
    eventStream: true,
    start: () => [bytes(chunk({ role: 'assistant', content: '' }))],
    text: (content) => bytes(chunk({ content })),
    thought: (text) => bytes(chunk({ reasoning_content: text })),
    calls: (calls) =>
      calls.flatMap(({ id, name, pieces }, index) => [
        bytes(toolDelta({ index, id, name })),
        ...pieces.map((piece) => bytes(toolDelta({ index, arguments: piece }))),
      ]),
    finish: ({ reason, promptTokens, completionTokens }) => [
      bytes(finish(reason)),
      bytes(usage(promptTokens, completionTokens)),
      bytes(done),
    ],
    failure: (message) => sseEvent({ error: { message, type: 'server_error', code: 'overloaded' } }),
    unknown: () => bytes(encodeSse('{"object":"mood","choices":[]}', 'mood')),
    refusal: (message) => JSON.stringify({ error: { message, type: 'some_error', code: null } }),
  }
}
