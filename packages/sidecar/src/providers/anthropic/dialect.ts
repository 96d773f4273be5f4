/** Anthropic's events: which of them the package knows, and which say that an answer is over. */
import { asFields, asList, asText, type Fields } from '@dapr-chat/protocol/openai'
import type { EventDialect } from '../ai-sdk/event-stream-screen.ts'

export class AnthropicDialect implements EventDialect {
  /** The package reads it out of the events. */
  readonly model = undefined
  #finished = false
  #done = false

  get finished(): boolean {
    return this.#finished
  }

  get done(): boolean {
    return this.#done
  }

  read(event: Fields): Fields | undefined {
    switch (event.type) {
      case 'message_start':
      case 'content_block_delta':
      case 'content_block_stop':
        return event
      case 'content_block_start':
        return withId(event)
      case 'message_delta':
        this.#finished ||= asText(asFields(event.delta)?.stop_reason) !== undefined
        return event
      case 'message_stop':
        this.#done = true
        return event
      default:
        // Pings, and whatever comes to be sent beside the answer. The package takes an unknown event for a broken one.
        return undefined
    }
  }

  split(body: Fields): readonly Fields[] | undefined {
    const { content, stop_reason, stop_sequence, usage } = body
    if (body.type !== 'message' || !Array.isArray(content)) return undefined
    return [
      { type: 'message_start', message: { ...body, content: [], stop_reason: null } },
      ...asList(content).flatMap((block, index) => splitBlock(asFields(block) ?? {}, index)),
      { type: 'message_delta', delta: { stop_reason, stop_sequence: stop_sequence ?? null }, usage },
      { type: 'message_stop' },
    ]
  }

  missing(): readonly Fields[] {
    return [{ type: 'message_stop' }]
  }
}

/** A call without an id is given one, where the package would refuse the event. */
function withId(event: Fields): Fields {
  const block = asFields(event.content_block)
  if (block?.type !== 'tool_use' || asText(block.id) !== undefined) return event
  return { ...event, content_block: { ...block, id: `toolu_${crypto.randomUUID().replaceAll('-', '')}` } }
}

/** A whole block as the events that it would have been streamed in. */
function splitBlock(block: Fields, index: number): Fields[] {
  const start = (content: Fields) => ({ type: 'content_block_start', index, content_block: { ...block, ...content } })
  const delta = (content: Fields) => ({ type: 'content_block_delta', index, delta: content })
  const stop = { type: 'content_block_stop', index }
  switch (block.type) {
    case 'text':
      return [start({ text: '' }), delta({ type: 'text_delta', text: block.text }), stop]
    case 'thinking': {
      const { thinking, signature } = block
      return [
        start({ thinking: '', signature: '' }),
        delta({ type: 'thinking_delta', thinking }),
        ...(signature ? [delta({ type: 'signature_delta', signature })] : []),
        stop,
      ]
    }
    case 'tool_use': {
      const partial_json = JSON.stringify(block.input ?? {})
      return [start({ input: {} }), delta({ type: 'input_json_delta', partial_json }), stop]
    }
    default:
      return [start({}), stop]
  }
}
