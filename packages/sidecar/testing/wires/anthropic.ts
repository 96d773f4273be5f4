import { type ProviderWire, sseEvent, type WireCall } from './provider-wire.ts'

const reasons = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use', content_filter: 'refusal' } as const

/** Anthropic's messages. Every delta stands in a block of its own, which no reader may notice. */
export function anthropicWire(): ProviderWire {
  let index = 0
  const event = (type: string, members: object = {}) => sseEvent({ type, ...members }, type)
  const block = (content_block: object, deltas: readonly object[]) => {
    const at = index++
    return [
      event('content_block_start', { index: at, content_block }),
      ...deltas.map((delta) => event('content_block_delta', { index: at, delta })),
      event('content_block_stop', { index: at }),
    ]
  }
  const call = ({ id, name, pieces }: WireCall) =>
    block(
      { type: 'tool_use', id, name, input: {} },
      pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    )
  return {
    contentType: 'text/event-stream; charset=utf-8',
    eventStream: true,
    start() {
      index = 0
      const usage = { input_tokens: 3, output_tokens: 1 }
      const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-1', content: [], usage }
      return [
        event('message_start', { message: { ...message, stop_reason: null, stop_sequence: null } }),
        event('ping'),
      ]
    },
    text: (text) => Buffer.concat(block({ type: 'text', text: '' }, [{ type: 'text_delta', text }])),
    thought: (thinking) =>
      Buffer.concat(block({ type: 'thinking', thinking: '', signature: '' }, [{ type: 'thinking_delta', thinking }])),
    calls: (calls) => calls.flatMap(call),
    finish: ({ reason, promptTokens, completionTokens }) => [
      event('message_delta', {
        delta: { stop_reason: reasons[reason], stop_sequence: null },
        usage: { input_tokens: promptTokens, output_tokens: completionTokens },
      }),
      event('message_stop'),
    ],
    failure: (message) => event('error', { error: { type: 'overloaded_error', message } }),
    unknown: () => event('mood', { mood: 'fine' }),
    refusal: (message) => JSON.stringify({ type: 'error', error: { type: 'some_error', message } }),
  }
}
