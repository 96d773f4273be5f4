/**
 * Writes the stream of alpha2, which is ours: events to frames, one frame for each event, so that a token stays a token.
 * The sidecar's SSE and gRPC edges call it; `stream-alpha2-reader.ts` is the way back.
 */
import type { ConversationEvent } from '../conversation/event.ts'
import type { StreamFrame, StreamFrameChoice, StreamFrameDelta, StreamFrameToolCall } from './stream-frame.ts'
import { frameToBinary } from './stream-frame.ts'
import type { UsageJson } from './usage.ts'
import { writeUsage } from './usage.ts'

/**
 * Writes the events of one answer as frames. Use one writer per answer, and one spelling throughout.
 *
 * The first frame carries the context id, the answer's id, the model and the role beside its event. Usage is
 * cumulative, so only the last one is written, in a frame of its own at the end.
 */
export class Alpha2StreamWriter {
  readonly #contextId: string | undefined
  #id: string | undefined
  #model: string | undefined
  #usage: UsageJson | undefined
  #opened = false

  /** `contextId` is the request's, given back to the caller; empty counts as none. */
  constructor(contextId?: string) {
    this.#contextId = contextId
  }

  /** The frames of a batch as plain objects for `JSON.stringify`: one per event, none for start and usage. */
  json(batch: readonly ConversationEvent[]): StreamFrame[] {
    const frames: StreamFrame[] = []
    for (const event of batch) {
      const choice = this.#choice(event)
      if (choice) frames.push(this.#opened ? { choices: [choice] } : this.#open(choice))
    }
    return frames
  }

  /** The frames of a batch as protobuf messages. */
  binary(batch: readonly ConversationEvent[]): Uint8Array<ArrayBuffer>[] {
    return this.json(batch).map(frameToBinary)
  }

  /** The frame that follows the last event; none where the provider reported no usage. */
  endJson(): StreamFrame[] {
    return this.#usage ? [{ usage: this.#usage }] : []
  }

  /** The same as a protobuf message. */
  endBinary(): Uint8Array<ArrayBuffer>[] {
    return this.endJson().map(frameToBinary)
  }

  #open(choice: StreamFrameChoice): StreamFrame {
    this.#opened = true
    choice.delta = { role: 'assistant', ...choice.delta }
    return {
      ...(this.#contextId && { contextId: this.#contextId }),
      choices: [choice],
      ...(this.#model !== undefined && { model: this.#model }),
      ...(this.#id !== undefined && { id: this.#id }),
    }
  }

  #choice(event: ConversationEvent): StreamFrameChoice | undefined {
    switch (event.type) {
      case 'message-start':
        this.#id = event.id
        this.#model = event.model
        return undefined
      case 'usage':
        this.#usage = writeUsage(event.usage)
        return undefined
      case 'text-delta':
        return delta(event.choice, { content: event.text })
      case 'reasoning-delta':
        return delta(event.choice, {
          reasoning: event.text,
          ...(event.signature && { reasoningSignature: event.signature }),
        })
      case 'refusal-delta':
        return delta(event.choice, { refusal: event.text })
      case 'tool-call-start':
        return call(event.choice, event.index, {
          id: event.id,
          name: event.name,
          ...(event.signature && { signature: event.signature }),
        })
      case 'tool-call-delta':
        return call(event.choice, event.index, { arguments: event.arguments })
      case 'tool-call-end':
        return call(event.choice, event.index, {
          complete: true,
          ...(event.signature && { signature: event.signature }),
        })
      case 'finish':
        return {
          ...(event.choice !== 0 && { index: event.choice }),
          finishReason: event.reason,
          ...(event.raw !== undefined && { rawFinishReason: event.raw }),
        }
    }
  }
}

function delta(choice: number, delta: StreamFrameDelta): StreamFrameChoice {
  return choice === 0 ? { delta } : { index: choice, delta }
}

function call(choice: number, index: number, more: StreamFrameToolCall): StreamFrameChoice {
  return delta(choice, { toolCalls: [index === 0 ? more : { index, ...more }] })
}
