/** Reads the stream of alpha2 back into events: the client's side of `stream-alpha2.ts`. */
import type { ConversationEvent } from '../conversation/event.ts'
import { ConversationError } from '../error.ts'
import { readFinishReason } from './finish-reason.ts'
import type { WireUsage } from './usage.ts'
import { readUsage } from './usage.ts'

interface ReadableToolCall {
  readonly index?: number | undefined
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly arguments?: string | undefined
  readonly complete?: boolean | undefined
  readonly signature?: string | undefined
}

interface ReadableDelta {
  readonly content?: string | undefined
  readonly reasoning?: string | undefined
  readonly refusal?: string | undefined
  readonly toolCalls?: readonly ReadableToolCall[]
  readonly reasoningSignature?: string | undefined
}

interface ReadableChoice {
  readonly index?: number | undefined
  readonly delta?: ReadableDelta | undefined
  readonly finishReason?: string | undefined
  readonly rawFinishReason?: string | undefined
}

/** What the reader looks at in a frame; the protojson object and the protobuf message both have this shape. */
export interface ReadableFrame {
  readonly contextId?: string | undefined
  readonly id?: string | undefined
  readonly model?: string | undefined
  readonly choices?: readonly ReadableChoice[]
  readonly usage?: WireUsage | undefined
}

interface ReadChoice {
  /** The tool calls seen, and whether each is still open. */
  readonly calls: Map<number, boolean>
  finished: boolean
}

/** Reads the frames of one answer, of either spelling, back into events. Use one reader per answer. */
export class Alpha2StreamReader {
  readonly #choices = new Map<number, ReadChoice>()
  #contextId: string | undefined
  #started = false

  /** The caller's name for the conversation, as the first frame gave it back. */
  get contextId(): string | undefined {
    return this.#contextId
  }

  /**
   * The events of one frame: a parsed protojson object or a protobuf message.
   * @throws ConversationError `protocol` where the object is not a frame.
   */
  read(frame: ReadableFrame): ConversationEvent[] {
    const events: ConversationEvent[] = []
    checkFrame(frame)
    if (!this.#started) {
      this.#started = true
      this.#contextId = frame.contextId
      events.push({
        type: 'message-start',
        ...(frame.id !== undefined && { id: frame.id }),
        ...(frame.model !== undefined && { model: frame.model }),
      })
    }
    for (const choice of frame.choices ?? []) this.#readChoice(choice, events)
    if (frame.usage) events.push({ type: 'usage', usage: readUsage(frame.usage) })
    return events
  }

  /**
   * Says that the frames have ended.
   * @throws ConversationError `interrupted` where there was no choice, or one without a finish reason.
   */
  end(): void {
    const choices = [...this.#choices.values()]
    if (choices.length === 0 || choices.some(({ finished }) => !finished)) {
      throw new ConversationError('interrupted', 'the answer ended before the model finished: no finish reason came')
    }
  }

  #readChoice(frame: ReadableChoice, events: ConversationEvent[]): void {
    const choice = frame.index ?? 0
    let state = this.#choices.get(choice)
    if (!state) {
      state = { calls: new Map(), finished: false }
      this.#choices.set(choice, state)
    }
    const { delta } = frame
    if (delta) {
      const { reasoning, reasoningSignature: signature } = delta
      if (reasoning !== undefined || signature) {
        events.push({ type: 'reasoning-delta', choice, text: reasoning ?? '', ...(signature && { signature }) })
      }
      if (delta.content !== undefined) events.push({ type: 'text-delta', choice, text: delta.content })
      if (delta.refusal !== undefined) events.push({ type: 'refusal-delta', choice, text: delta.refusal })
      for (const toolCall of delta.toolCalls ?? []) readCall(choice, toolCall, state.calls, events)
    }
    if (frame.finishReason === undefined) return
    for (const [index, open] of state.calls) {
      if (!open) continue
      state.calls.set(index, false)
      events.push({ type: 'tool-call-end', choice, index })
    }
    state.finished = true
    events.push({ type: 'finish', choice, ...readFinishReason(frame.finishReason, frame.rawFinishReason) })
  }
}

function readCall(
  choice: number,
  toolCall: ReadableToolCall,
  calls: Map<number, boolean>,
  events: ConversationEvent[],
): void {
  const index = toolCall.index ?? 0
  const begun = calls.has(index)
  if (!begun) {
    calls.set(index, true)
    const { id = '', name = '', signature } = toolCall
    events.push({ type: 'tool-call-start', choice, index, id, name, ...(signature && { signature }) })
  }
  if (toolCall.arguments !== undefined) {
    events.push({ type: 'tool-call-delta', choice, index, arguments: toolCall.arguments })
  }
  if (toolCall.complete && calls.get(index)) {
    calls.set(index, false)
    const late = begun ? toolCall.signature : undefined
    events.push({ type: 'tool-call-end', choice, index, ...(late && { signature: late }) })
  }
}

/** A parsed object may be anything; only what would make reading fail or lie is looked at. */
function checkFrame(frame: ReadableFrame): void {
  const valid =
    typeof frame === 'object' &&
    frame !== null &&
    (frame.choices === undefined || Array.isArray(frame.choices)) &&
    (frame.choices ?? []).every(
      (choice) =>
        typeof choice === 'object' &&
        choice !== null &&
        isNumberOrAbsent(choice.index) &&
        isStringOrAbsent(choice.finishReason) &&
        isStringOrAbsent(choice.rawFinishReason) &&
        (choice.delta === undefined || isDelta(choice.delta)),
    )
  if (!valid) throw new ConversationError('protocol', 'Cannot read a frame of the stream: it must be a stream message')
}

function isDelta(delta: ReadableDelta): boolean {
  return (
    typeof delta === 'object' &&
    delta !== null &&
    isStringOrAbsent(delta.content) &&
    isStringOrAbsent(delta.reasoning) &&
    isStringOrAbsent(delta.reasoningSignature) &&
    isStringOrAbsent(delta.refusal) &&
    (delta.toolCalls === undefined ||
      (Array.isArray(delta.toolCalls) &&
        delta.toolCalls.every(
          (call: ReadableToolCall) =>
            typeof call === 'object' &&
            call !== null &&
            isNumberOrAbsent(call.index) &&
            isStringOrAbsent(call.id) &&
            isStringOrAbsent(call.name) &&
            isStringOrAbsent(call.arguments) &&
            isStringOrAbsent(call.signature),
        )))
  )
}

function isStringOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

function isNumberOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'number'
}
