/** The first choice of an answer as typed events, for programs that would rather switch on a type than read deltas. */
import type { ConversationEvent, FinishReason } from '@dapr-chat/protocol'
import { type ChatToolCall, type ChatUsage, writeToolCall } from '@dapr-chat/protocol/openai'
import type { Metrics } from './metrics.ts'
import type { Step } from './step.ts'
import type { ToolResult } from './tools/tool-runs.ts'
import type { StreamingMode } from './transport/transport.ts'
import { isBatch, type Turn } from './turn.ts'

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
  /** A tool has run, or could not be run. */
  | ({ readonly type: 'tool-result' } & ToolResult)
  /** What can be told of a structured answer so far; not validated. */
  | { readonly type: 'output-partial'; readonly value: unknown }
  | {
      readonly type: 'usage'
      /** Tokens of the call so far, all its steps together. */
      readonly usage: ChatUsage
      /** Whether they are counted from the text because the provider has not reported them yet. */
      readonly estimated: boolean
    }
  /** The model has answered, and the tools that it called have run. */
  | { readonly type: 'step-finish'; readonly step: Step }
  | {
      readonly type: 'finish'
      readonly finishReason: FinishReason
      /** The provider's own word, where it differs. */
      readonly rawFinishReason?: string
      readonly usage?: ChatUsage
      readonly metrics: Metrics
    }

/** How often the tokens so far are estimated while they arrive, in milliseconds, so that 250 pass at most between two. */
const ESTIMATE_INTERVAL_MS = 200

/** The events of a call. */
export async function* turnEvents<T>(turn: Turn<T>): AsyncGenerator<StreamEvent> {
  let writer = new ChatEventWriter()
  const output = new OutputWatch(turn)
  let counted: number | undefined
  for await (const item of turn.items()) {
    if (counted === undefined) {
      const { mode, component } = await turn.open()
      yield { type: 'start', mode, component }
      counted = performance.now()
    }
    if (isBatch(item)) {
      for (const event of writer.write(item)) yield event
      const value = output.look()
      if (value !== undefined) yield { type: 'output-partial', value }
      if (performance.now() - counted >= ESTIMATE_INTERVAL_MS) {
        counted = performance.now()
        yield { type: 'usage', usage: turn.estimatedUsage, estimated: true }
      }
    } else if (item.type === 'answer-end') {
      writer = new ChatEventWriter()
      const value = output.lastLook()
      if (value !== undefined) yield { type: 'output-partial', value }
      if (item.usage) yield { type: 'usage', usage: item.usage, estimated: false }
    } else if (item.type === 'tool-result') {
      yield { type: item.type, ...item.result }
    } else {
      yield item
    }
  }
  const { finishReason, rawFinishReason, usage, metrics } = await turn.result
  const raw = rawFinishReason !== undefined && { rawFinishReason }
  yield { type: 'finish', finishReason, ...raw, ...(usage && { usage }), metrics }
}

/** How much longer than a look at the value the time to the next one is: looking costs more as the text grows. */
const LOOK_SHARE = 10

type Watched = Pick<Turn<unknown>, 'hasOutput' | 'partialOutput'>

/** Looks at a structured answer while it arrives, as often as it can be afforded. */
class OutputWatch {
  readonly #turn: Watched
  #nextAt = 0
  #shown = ''

  constructor(turn: Watched) {
    this.#turn = turn
  }

  /** The value so far, where it is time to look and it has changed. */
  look(): unknown {
    if (!this.#turn.hasOutput || performance.now() < this.#nextAt) return undefined
    return this.lastLook()
  }

  /** The value so far, where it has changed. */
  lastLook(): unknown {
    if (!this.#turn.hasOutput) return undefined
    const startedAt = performance.now()
    const value = this.#turn.partialOutput
    const written = JSON.stringify(value) ?? ''
    const changed = written !== this.#shown
    this.#shown = written
    const endedAt = performance.now()
    this.#nextAt = endedAt + (endedAt - startedAt) * LOOK_SHARE
    return changed ? value : undefined
  }
}

/** Turns the batches of one answer into the events that tell of the model; the stream adds the others. */
export class ChatEventWriter {
  readonly #calls = new Map<number, ChatToolCall>()

  /** The events of one batch. */
  write(batch: readonly ConversationEvent[]): StreamEvent[] {
    return batch.flatMap((event) => this.#write(event))
  }

  #write(event: ConversationEvent): StreamEvent | [] {
    if (event.type === 'usage' || event.type === 'message-start' || event.choice !== 0) return []
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
        if (call && event.signature) call.signature = event.signature
        return call ? { type: 'tool-call', call } : []
      }
      case 'finish':
        return []
    }
  }
}
