/**
 * Turns the parts that a vendor's package streams into the events of a conversation. Types of part that are not known
 * here are passed over: the packages add to them in patches.
 */

import type { LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider'
import {
  CharacterJoiner,
  type ConversationError,
  type ConversationEvent,
  tokenCount,
  type Usage,
} from '@dapr-chat/protocol'
import { asFields, readFinishReason, ToolCallReader } from '@dapr-chat/protocol/openai'
import type { ProviderContext } from '../provider.ts'
import { cutOff, notAnAnswer } from './failure.ts'
import { type Seal, SignatureWriter, sealOf, signatureOf } from './signature.ts'
import { judgeWarnings } from './warnings.ts'

/** What is known of an answer beside its parts. */
export interface AnswerSource {
  /** The model that answers, where the package does not say it. */
  readonly model: string | undefined
  /** Whether the vendor's last event has come, after which an answer without a finish reason is an answer still. */
  readonly done: boolean
  /** Whether the stream ends early, so that its end, which the package then makes up, says nothing. */
  readonly failed: boolean
  /** Whether an event that the package does not know carried nothing of the answer. */
  isForeign(event: unknown): boolean
  /** Is told what the package left out of the question, where the answer is one to it all the same. */
  readonly warn: ProviderContext['warn']
}

/** Reads one answer. Failures do not throw: the events before one go out first, and `failure` is looked at after. */
export class AnswerReader {
  readonly #source: AnswerSource
  readonly #text = new CharacterJoiner()
  readonly #thinking = new CharacterJoiner()
  readonly #signature = new SignatureWriter()
  readonly #calls = new ToolCallReader(0)
  /** The place of each call by the package's id for it; one that is used again means another call. */
  readonly #places = new Map<string, number>()
  #count = 0
  #textLength = 0
  #begun = false
  #finished = false
  #failure: ConversationError | undefined

  constructor(source: AnswerSource) {
    this.#source = source
  }

  /** Why the answer failed, once it has. */
  get failure(): ConversationError | undefined {
    return this.#failure
  }

  /** The events of some parts; often none. */
  read(parts: readonly LanguageModelV4StreamPart[]): ConversationEvent[] {
    const events: ConversationEvent[] = []
    for (const part of parts) {
      if (this.#finished || this.#failure) break
      this.#read(part, events)
    }
    // The beginning comes first, also where the package does not announce it.
    if (events.length > 0 && !this.#begun) {
      this.#begun = true
      if (events[0]?.type !== 'message-start') events.unshift(messageStart(undefined, this.#source.model))
    }
    return events
  }

  /** The stream has ended. */
  end(): void {
    if (!this.#finished) this.#failure ??= cutOff()
  }

  #read(part: LanguageModelV4StreamPart, events: ConversationEvent[]): void {
    switch (part.type) {
      case 'stream-start':
        this.#failure = judgeWarnings(part.warnings, this.#source.warn)
        return
      case 'response-metadata':
        if (!this.#begun) events.push(messageStart(part.id, part.modelId ?? this.#source.model))
        this.#begun = true
        return
      case 'text-start':
        this.#sign(part.providerMetadata, events)
        return
      case 'text-delta':
        this.#pushText(this.#text.push(part.delta), events)
        this.#sign(part.providerMetadata, events)
        return
      case 'reasoning-start':
        this.#signature.start({ text: this.#textLength, calls: this.#count })
        this.#think('', sealOf(part.providerMetadata), events)
        return
      case 'reasoning-delta':
        this.#think(this.#thinking.push(part.delta), sealOf(part.providerMetadata), events)
        return
      case 'reasoning-end':
        this.#think('', sealOf(part.providerMetadata), events)
        return
      case 'tool-input-start':
        if (part.providerExecuted !== true)
          this.#call(part.id, part.toolName, signatureOf(part.providerMetadata), events)
        return
      case 'tool-input-delta':
        this.#argue(part.id, part.delta, events)
        return
      case 'tool-input-end':
        this.#endCall(part.id, signatureOf(part.providerMetadata), events)
        return
      case 'tool-call':
        // One that was not announced comes whole; one that was is told once more.
        if (part.providerExecuted === true || this.#places.has(part.toolCallId)) return
        this.#call(part.toolCallId, part.toolName, signatureOf(part.providerMetadata), events)
        this.#argue(part.toolCallId, part.input, events)
        this.#endCall(part.toolCallId, undefined, events)
        return
      case 'error':
        this.#fail(part.error)
        return
      case 'finish':
        this.#finish(part.finishReason.raw, part.usage, events)
    }
  }

  #pushText(text: string, events: ConversationEvent[]): void {
    if (text === '') return
    this.#textLength += text.length
    events.push({ type: 'text-delta', choice: 0, text })
  }

  #think(text: string, seal: Seal | undefined, events: ConversationEvent[]): void {
    this.#signature.grow(text.length)
    const signature = seal && this.#signature.seal(seal)
    if (text === '' && !signature) return
    events.push({ type: 'reasoning-delta', choice: 0, text, ...(signature && { signature }) })
  }

  /** Gemini signs the text of an answer too; the signature is the answer's, whatever it stands on. */
  #sign(metadata: Parameters<typeof signatureOf>[0], events: ConversationEvent[]): void {
    const signature = metadata && signatureOf(metadata)
    if (signature) events.push({ type: 'reasoning-delta', choice: 0, text: '', signature })
  }

  #call(id: string, name: string, signature: string | undefined, events: ConversationEvent[]): void {
    const index = this.#count++
    this.#places.set(id, index)
    this.#calls.read({ index, id, function: { name }, ...(signature && { signature }) }, events)
  }

  #argue(id: string, text: string, events: ConversationEvent[]): void {
    const index = this.#places.get(id)
    if (index !== undefined) this.#calls.read({ index, function: { arguments: text } }, events)
  }

  #endCall(id: string, signature: string | undefined, events: ConversationEvent[]): void {
    const index = this.#places.get(id)
    if (index === undefined) return
    if (signature) this.#calls.read({ index, signature }, events)
    this.#calls.endCall(index, events)
  }

  #fail(thrown: unknown): void {
    const error = asFields(thrown)
    if (error?.name === 'AI_TypeValidationError' && this.#source.isForeign(error.value)) return
    this.#failure = notAnAnswer('an event that cannot be read')
  }

  #finish(raw: string | undefined, usage: LanguageModelV4Usage, events: ConversationEvent[]): void {
    if (this.#source.failed) return
    if (raw === undefined && !this.#source.done) {
      this.end()
      return
    }
    this.#finished = true
    this.#pushText(this.#text.end(), events)
    this.#think(this.#thinking.end(), undefined, events)
    this.#calls.end(events)
    const counts = usageOf(usage)
    if (counts) events.push({ type: 'usage', usage: counts })
    const reason = raw === undefined ? ({ reason: 'unknown' } as const) : readFinishReason(raw, this.#calls.any)
    events.push({ type: 'finish', choice: 0, ...reason })
  }
}

function messageStart(id: string | undefined, model: string | undefined): ConversationEvent {
  return {
    type: 'message-start',
    ...(id && { id: id.toWellFormed() }),
    ...(model && { model: model.toWellFormed() }),
  }
}

/** Totals hold the cached and the thinking tokens, as they do with OpenAI. */
function usageOf({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage | undefined {
  const prompt = tokenCount(inputTokens.total)
  const completion = tokenCount(outputTokens.total)
  if (prompt === undefined && completion === undefined) return undefined
  const cachedTokens = tokenCount(inputTokens.cacheRead)
  const cacheWriteTokens = tokenCount(inputTokens.cacheWrite)
  const reasoningTokens = tokenCount(outputTokens.reasoning)
  return {
    promptTokens: prompt ?? 0,
    completionTokens: completion ?? 0,
    totalTokens: (prompt ?? 0) + (completion ?? 0),
    ...(cachedTokens !== undefined && { cachedTokens }),
    // The packages say zero where a vendor said nothing.
    ...(cacheWriteTokens !== undefined && cacheWriteTokens > 0 && { cacheWriteTokens }),
    ...(reasoningTokens !== undefined && { reasoningTokens }),
  }
}
