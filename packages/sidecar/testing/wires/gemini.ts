import { type ProviderWire, sseEvent } from './provider-wire.ts'

const reasons = { stop: 'STOP', length: 'MAX_TOKENS', tool_calls: 'STOP', content_filter: 'SAFETY' } as const

/** Gemini's native chunks. Arguments come whole, because that is all it can do here. */
export function geminiWire(): ProviderWire {
  const envelope = { modelVersion: 'gemini-1', responseId: 'resp_1' }
  const chunk = (...parts: readonly object[]) =>
    sseEvent({ candidates: [{ content: { role: 'model', parts }, index: 0 }], ...envelope })
  return {
    contentType: 'text/event-stream',
    eventStream: true,
    start: () => [],
    text: (text) => chunk({ text }),
    thought: (text) => chunk({ text, thought: true }),
    calls: (calls) =>
      calls.map(({ id, name, pieces }) => {
        const args = pieces.length === 0 ? {} : { args: JSON.parse(pieces.join('')) as object }
        return chunk({ functionCall: { id, name, ...args } })
      }),
    finish: ({ reason, promptTokens, completionTokens }) => [
      sseEvent({
        candidates: [{ content: { role: 'model', parts: [{ text: '' }] }, finishReason: reasons[reason], index: 0 }],
        usageMetadata: {
          promptTokenCount: promptTokens,
          candidatesTokenCount: completionTokens,
          totalTokenCount: promptTokens + completionTokens,
        },
        ...envelope,
      }),
    ],
    failure: (message) => sseEvent({ error: { code: 503, message, status: 'UNAVAILABLE' } }),
    unknown: () => sseEvent({ mood: 'fine' }),
    refusal: (message) => JSON.stringify([{ error: { code: 400, message, status: 'SOME_ERROR' } }]),
  }
}
