/** The first choice of an answer as typed events, for programs that would rather switch on a type than read deltas. */
import type { ConversationEvent } from '@dapr-chat/protocol'
import {
  type ChatFinishReason,
  type ChatToolCall,
  type ChatUsage,
  writeToolCall,
  writeUsage,
} from '@dapr-chat/protocol/openai'
import type { Metrics } from './metrics.ts'
import type { StreamingMode } from './transport/transport.ts'

/** Something that happened in a stream. Failures are thrown by the iterator and are no events. */
export type StreamEvent =
  | {
      readonly type: 'start'
      readonly mode: StreamingMode
      /** The component that answers, or the model where there is no sidecar. */
      readonly component: string
    }
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'refusal-delta'; readonly text: string }
  | {
      readonly type: 'tool-call-delta'
      readonly index: number
      /** With the first delta of a call. */
      readonly id?: string
      /** With the first delta of a call. */
      readonly name?: string
      readonly argumentsDelta: string
    }
  | { readonly type: 'tool-call'; readonly call: ChatToolCall }
  | { readonly type: 'usage'; readonly usage: ChatUsage }
  | {
      readonly type: 'finish'
      readonly finishReason: ChatFinishReason
      readonly usage?: ChatUsage
      readonly metrics: Metrics
    }

/** Turns the batches of one answer into typed events; `start` and `finish` are added by the stream. */
export class ChatEventWriter {
  readonly #calls = new Map<number, ChatToolCall>()

  /** The events of one batch. */
  write(batch: readonly ConversationEvent[]): StreamEvent[] {
    return batch.flatMap((event) => this.#write(event))
  }

  #write(event: ConversationEvent): StreamEvent | [] {
    if (event.type === 'usage') return { type: 'usage', usage: writeUsage(event.usage) }
    if (event.type === 'message-start' || event.choice !== 0) return []
    switch (event.type) {
      case 'reasoning-delta':
        // A delta that brings nothing but a signature; that is for the history and stands in the result.
        return event.text === '' && event.signature ? [] : { type: event.type, text: event.text }
      case 'text-delta':
      case 'refusal-delta':
        return { type: event.type, text: event.text }
      case 'tool-call-start': {
        const { index, id, name, signature } = event
        this.#calls.set(index, writeToolCall({ id, name, arguments: '', ...(signature && { signature }) }))
        return { type: 'tool-call-delta', index, id, name, argumentsDelta: '' }
      }
      case 'tool-call-delta': {
        const call = this.#calls.get(event.index)
        if (call) call.function.arguments += event.arguments
        return { type: 'tool-call-delta', index: event.index, argumentsDelta: event.arguments }
      }
      case 'tool-call-end': {
        const call = this.#calls.get(event.index)
        return call ? { type: 'tool-call', call } : []
      }
      case 'finish':
        return []
    }
  }
}
