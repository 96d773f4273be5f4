/**
 * Chunks of a streamed chat completion, to and from events. The reader serves the sidecar's OpenAI provider and the
 * client's direct mode, the writer the sidecar's `/v1/chat/completions` and the chunks that the client hands out.
 */
import type { ConversationEvent, Finish, ReasoningDelta } from '../conversation/event.ts'
import type { Usage } from '../conversation/usage.ts'
import { CharacterJoiner } from '../conversation/well-formed.ts'
import { readFinish, writeFinish } from './finish-reason.ts'
import { asFields, asList, asText, type Fields } from './lenient.ts'
import { reasoningOf, reasoningSignatureOf } from './reasoning.ts'
import { ReasoningDetails } from './reasoning-details.ts'
import { writeToolCall } from './tool-call.ts'
import { ToolCallReader } from './tool-call-reader.ts'
import type { ChatCompletionChunk, ChatDelta, ChatFinish } from './types.ts'
import { readUsage, writeUsage } from './usage.ts'

class ChoiceReader {
  readonly index: number
  readonly text = new CharacterJoiner()
  readonly reasoning = new CharacterJoiner()
  readonly refusal = new CharacterJoiner()
  readonly details = new ReasoningDetails()
  readonly tools: ToolCallReader
  finished = false

  constructor(index: number) {
    this.index = index
    this.tools = new ToolCallReader(index)
  }

  /** Everything held back, then the finish. */
  finish(finish: Omit<Finish, 'type' | 'choice'>, events: ConversationEvent[]): void {
    this.finished = true
    const choice = this.index
    const reasoning = this.reasoning.end()
    if (reasoning !== '') events.push({ type: 'reasoning-delta', choice, text: reasoning })
    const text = this.text.end()
    if (text !== '') events.push({ type: 'text-delta', choice, text })
    const refusal = this.refusal.end()
    if (refusal !== '') events.push({ type: 'refusal-delta', choice, text: refusal })
    this.tools.end(events)
    events.push({ type: 'finish', choice, ...finish })
  }
}

/** Turns the chunks of one answer into events. */
export class ChatChunkReader {
  readonly #choices = new Map<number, ChoiceReader>()
  #started = false

  /** The number of choices that have finished. */
  get finished(): number {
    let finished = 0
    for (const choice of this.#choices.values()) if (choice.finished) finished++
    return finished
  }

  /** The number of choices that have appeared. */
  get begun(): number {
    return this.#choices.size
  }

  /** Takes in one parsed chunk, or a whole completion whose `message` stands for a delta, and appends its events. */
  read(chunk: Fields, events: ConversationEvent[]): void {
    if (!this.#started) this.#start(chunk, events)
    let place = 0
    for (const value of asList(chunk.choices)) {
      const choice = asFields(value)
      if (choice) this.#readChoice(choice, place, events)
      place++
    }
    if (chunk.usage) {
      const usage = readUsage(chunk.usage)
      if (usage) events.push({ type: 'usage', usage })
    }
  }

  /** The provider said that the answer is over: choices without a reason of their own finish as `unknown`. */
  finishRest(events: ConversationEvent[]): void {
    for (const choice of this.#choices.values()) {
      if (!choice.finished) choice.finish({ reason: choice.tools.any ? 'tool_calls' : 'unknown' }, events)
    }
  }

  #start(chunk: Fields, events: ConversationEvent[]): void {
    const model = asText(chunk.model)?.toWellFormed()
    const id = asText(chunk.id)?.toWellFormed()
    // Azure's first chunk holds nothing but the verdict on the prompt; the real first one names the model.
    if (model === undefined && id === undefined && asList(chunk.choices).length === 0) return
    this.#started = true
    events.push({ type: 'message-start', ...(id !== undefined && { id }), ...(model !== undefined && { model }) })
  }

  #readChoice(value: Fields, place: number, events: ConversationEvent[]): void {
    const index = isIndex(value.index) ? value.index : place
    let choice = this.#choices.get(index)
    if (!choice) {
      choice = new ChoiceReader(index)
      this.#choices.set(index, choice)
    }
    const delta = asFields(value.delta) ?? asFields(value.message)
    if (delta) readDelta(delta, choice, events)
    if (choice.finished) return
    const finish = readFinish(value, choice.tools.any)
    if (finish) choice.finish(finish, events)
  }
}

/** Whether a value numbers a choice on every wire; protobuf's are of 32 bits. */
function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31
}

function readDelta(delta: Fields, reader: ChoiceReader, events: ConversationEvent[]): void {
  const choice = reader.index
  const thought = reader.reasoning.push(reasoningOf(delta))
  const signature = reasoningSignatureOf(delta, reader.details)
  if (thought !== '' || signature !== undefined) {
    events.push({ type: 'reasoning-delta', choice, text: thought, ...(signature !== undefined && { signature }) })
  }
  const { content } = delta
  if (typeof content === 'string') {
    const text = reader.text.push(content)
    if (text !== '') events.push({ type: 'text-delta', choice, text })
  } else if (Array.isArray(content)) {
    readContentParts(content, reader, events)
  }
  if (typeof delta.refusal === 'string') {
    const text = reader.refusal.push(delta.refusal)
    if (text !== '') events.push({ type: 'refusal-delta', choice, text })
  }
  // After the finish the calls have been closed; no provider is known to send more of them then.
  if (delta.tool_calls && !reader.finished) {
    for (const call of asList(delta.tool_calls)) reader.tools.read(call, events)
  }
}

/** Mistral sends content as parts, with the thinking nested in one of them. */
function readContentParts(parts: readonly unknown[], reader: ChoiceReader, events: ConversationEvent[]): void {
  const choice = reader.index
  for (const value of parts) {
    const part = asFields(value)
    if (!part) continue
    if (part.type === 'thinking') {
      const thinking = asList(part.thinking).map((piece) => asText(asFields(piece)?.text) ?? '')
      const text = reader.reasoning.push(thinking.join(''))
      if (text !== '') events.push({ type: 'reasoning-delta', choice, text })
    } else if (typeof part.text === 'string') {
      const text = reader.text.push(part.text)
      if (text !== '') events.push({ type: 'text-delta', choice, text })
    }
  }
}

/** A delta that brings nothing but the signature says nothing of the thinking. */
function reasoningDelta({ text, signature }: ReasoningDelta): ChatDelta {
  if (!signature) return { reasoning_content: text }
  return { ...(text !== '' && { reasoning_content: text }), reasoning_signature: signature }
}

/** What all chunks of one answer say. */
export interface ChatChunkWriterOptions {
  /** The answer's id where the provider gives none. */
  readonly id: string
  /** The model's name where the provider gives none. */
  readonly model: string
  /** Seconds since 1970. */
  readonly created: number
  /** Whether the caller asked for token counts: they come in a last chunk, and every earlier one says `null`. */
  readonly includeUsage: boolean
}

/** How a choice stands until it ends. */
const unfinished = { finish_reason: null } as const

/** Turns the events of one answer into chunks: a token is a chunk, however many come at once. */
export class ChatChunkWriter {
  #id: string
  #model: string
  readonly #created: number
  readonly #includeUsage: boolean
  readonly #greeted = new Set<number>()
  /** The choices that hold tool calls. */
  readonly #calling = new Set<number>()
  #usage: Usage | undefined

  constructor(options: ChatChunkWriterOptions) {
    this.#id = options.id
    this.#model = options.model
    this.#created = options.created
    this.#includeUsage = options.includeUsage
  }

  /** The chunks of one batch. */
  write(batch: readonly ConversationEvent[]): ChatCompletionChunk[] {
    const chunks: ChatCompletionChunk[] = []
    for (const event of batch) {
      switch (event.type) {
        case 'message-start':
          this.#id = event.id ?? this.#id
          this.#model = event.model ?? this.#model
          break
        case 'text-delta':
          chunks.push(this.#chunk(event.choice, { content: event.text }))
          break
        case 'reasoning-delta':
          chunks.push(this.#chunk(event.choice, reasoningDelta(event)))
          break
        case 'refusal-delta':
          chunks.push(this.#chunk(event.choice, { refusal: event.text }))
          break
        case 'tool-call-start': {
          this.#calling.add(event.choice)
          const { index, id, name, signature } = event
          const call = { index, ...writeToolCall({ id, name, arguments: '', ...(signature && { signature }) }) }
          chunks.push(this.#chunk(event.choice, { tool_calls: [call] }))
          break
        }
        case 'tool-call-delta': {
          const call = { index: event.index, function: { arguments: event.arguments } }
          chunks.push(this.#chunk(event.choice, { tool_calls: [call] }))
          break
        }
        case 'tool-call-end': {
          const { index, signature } = event
          if (signature) chunks.push(this.#chunk(event.choice, { tool_calls: [{ index, signature }] }))
          break
        }
        case 'usage':
          this.#usage = event.usage
          break
        case 'finish':
          chunks.push(
            this.#chunk(event.choice, {}, writeFinish(event.reason, event.raw, this.#calling.has(event.choice))),
          )
      }
    }
    return chunks
  }

  /** The last chunk, with the token counts, if they were asked for and reported. */
  end(): ChatCompletionChunk[] {
    if (!this.#includeUsage || !this.#usage) return []
    return [{ ...this.#envelope(), choices: [], usage: writeUsage(this.#usage) }]
  }

  #chunk(index: number, delta: ChatDelta, finish: ChatFinish | typeof unfinished = unfinished): ChatCompletionChunk {
    let content = delta
    if (!this.#greeted.has(index)) {
      this.#greeted.add(index)
      content = { role: 'assistant', ...delta }
    }
    const chunk: ChatCompletionChunk = {
      ...this.#envelope(),
      choices: [{ index, delta: content, logprobs: null, ...finish }],
    }
    if (this.#includeUsage) chunk.usage = null
    return chunk
  }

  #envelope(): { id: string; object: 'chat.completion.chunk'; created: number; model: string } {
    return { id: this.#id, object: 'chat.completion.chunk', created: this.#created, model: this.#model }
  }
}
