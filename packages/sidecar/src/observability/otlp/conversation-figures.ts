/**
 * Figures of conversations over OTLP: those of OpenTelemetry's conventions for generative AI, with the bounds that they
 * ask for, and ours. Recorded once, when a call has ended.
 */

import type { Usage } from '@dapr-chat/protocol'
import { spanAttribute } from '@dapr-chat/protocol'
import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api'
import { BoundedNames } from '../bounded-names.ts'
import type { CallSink } from '../call-book.ts'
import type { CallRecord } from '../call-record.ts'
import { errorTypeOf } from '../error-type.ts'
import { genAiFigures } from '../genai-figures.ts'
import { type GenAiNames, genAiBuckets, genAiServer, type TokenCounters } from '../genai-names.ts'
import { serverAddress } from '../server-address.ts'

type TokenWriter = (attributes: Attributes, usage: Usage) => void

/** The most models that have figures of their own. */
const MAX_MODELS = 100

/** Records the figures. */
export class ConversationFigures implements CallSink {
  readonly #models = new BoundedNames(MAX_MODELS)
  readonly #clientDuration: Histogram
  readonly #timeToFirstChunk: Histogram
  readonly #timePerOutputChunk: Histogram
  readonly #serverDuration: Histogram
  readonly #timeToFirstToken: Histogram
  readonly #timePerOutputToken: Histogram
  readonly #writeTokens: TokenWriter
  readonly #calls: Counter
  readonly #retries: Counter
  readonly #cacheHits: Counter
  readonly #cost: Counter

  constructor(meter: Meter, { client, tokens }: GenAiNames) {
    const seconds = (name: string, bounds: readonly number[]) => histogram(meter, name, 's', bounds)
    const { duration, timeToFirstToken, timePerOutputToken } = genAiBuckets
    this.#clientDuration = seconds(client.duration, duration)
    this.#timeToFirstChunk = seconds(client.timeToFirstChunk, duration)
    this.#timePerOutputChunk = seconds(client.timePerOutputChunk, duration)
    this.#serverDuration = seconds(genAiServer.duration, duration)
    this.#timeToFirstToken = seconds(genAiServer.timeToFirstToken, timeToFirstToken)
    this.#timePerOutputToken = seconds(genAiServer.timePerOutputToken, timePerOutputToken)
    this.#writeTokens = 'usage' in tokens ? tokenHistogram(meter, tokens.usage) : tokenCounters(meter, tokens)
    this.#calls = meter.createCounter('dapr_chat.calls', { unit: '{call}', description: 'Conversations that ended.' })
    this.#retries = meter.createCounter('dapr_chat.retries', {
      unit: '{attempt}',
      description: 'Attempts after the first one of a conversation.',
    })
    this.#cacheHits = meter.createCounter('dapr_chat.cache.hits', {
      unit: '{call}',
      description: 'Conversations that the response cache answered.',
    })
    this.#cost = meter.createCounter('dapr_chat.cost', {
      unit: '{USD}',
      description: 'What conversations cost in US dollars, as far as it is known.',
    })
  }

  ended(record: CallRecord, costUsd: number | undefined): void {
    const attributes = this.#attributesOf(record)
    const { client, server } = genAiFigures(record)
    if (client) {
      this.#clientDuration.record(client.duration, attributes)
      recordKnown(this.#timeToFirstChunk, client.timeToFirstChunk, attributes)
      recordKnown(this.#timePerOutputChunk, client.timePerOutputChunk, attributes)
      if (record.usage) this.#writeTokens(attributes, record.usage)
    }
    this.#serverDuration.record(server.duration, attributes)
    recordKnown(this.#timeToFirstToken, server.timeToFirstToken, attributes)
    recordKnown(this.#timePerOutputToken, server.timePerOutputToken, attributes)
    const component = { [spanAttribute.component]: record.component.name }
    this.#calls.add(1, { ...component, [spanAttribute.state]: record.state })
    const { attempts } = record.summary()
    if (attempts > 1) this.#retries.add(attempts - 1, component)
    if (record.cached) this.#cacheHits.add(1, component)
    if (costUsd !== undefined) this.#cost.add(costUsd, component)
  }

  refused({ state, component: { name } }: CallRecord): void {
    this.#calls.add(1, { ...(name !== '' && { [spanAttribute.component]: name }), [spanAttribute.state]: state })
  }

  #attributesOf(record: CallRecord): Attributes {
    const { component, askedModel, answeringModel } = record
    const errorType = errorTypeOf(record)
    const server = serverAddress(component.endpoint)
    return {
      [spanAttribute.operation]: 'chat',
      [spanAttribute.provider]: component.provider,
      ...(askedModel !== undefined && { [spanAttribute.requestModel]: this.#models.bound(askedModel) }),
      ...(answeringModel !== undefined && { [spanAttribute.responseModel]: this.#models.bound(answeringModel) }),
      ...(errorType !== undefined && { [spanAttribute.errorType]: errorType }),
      [spanAttribute.component]: component.name,
      ...(server && { [spanAttribute.serverAddress]: server.host, [spanAttribute.serverPort]: server.port }),
    }
  }
}

function recordKnown(instrument: Histogram, value: number | undefined, attributes: Attributes): void {
  if (value !== undefined) instrument.record(value, attributes)
}

function histogram(meter: Meter, name: string, unit: string, bounds: readonly number[]): Histogram {
  return meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries: [...bounds] } })
}

/** The released generation: one histogram, with the side as an spanAttribute. */
function tokenHistogram(meter: Meter, name: string): TokenWriter {
  const instrument = histogram(meter, name, '{token}', genAiBuckets.tokens)
  return (attributes, { promptTokens, completionTokens }) => {
    instrument.record(promptTokens, { ...attributes, [spanAttribute.tokenType]: 'input' })
    instrument.record(completionTokens, { ...attributes, [spanAttribute.tokenType]: 'output' })
  }
}

/** The generation in the making: a counter for each kind of token, a histogram for each side. */
function tokenCounters(meter: Meter, names: TokenCounters): TokenWriter {
  const counter = (name: string) => meter.createCounter(name, { unit: '{token}' })
  const input = counter(names.input)
  const output = counter(names.output)
  const cacheRead = counter(names.cacheRead)
  const cacheWrite = counter(names.cacheWrite)
  const reasoning = counter(names.reasoning)
  const inputPerCall = histogram(meter, names.inputPerCall, '{token}', genAiBuckets.tokens)
  const outputPerCall = histogram(meter, names.outputPerCall, '{token}', genAiBuckets.tokens)
  return (attributes, { promptTokens, completionTokens, cachedTokens, cacheWriteTokens, reasoningTokens }) => {
    // Providers report sums over text, images and sound.
    const counted = { ...attributes, [spanAttribute.tokenModality]: 'unknown' }
    input.add(promptTokens, counted)
    output.add(completionTokens, counted)
    if (cachedTokens !== undefined) cacheRead.add(cachedTokens, counted)
    if (cacheWriteTokens !== undefined) cacheWrite.add(cacheWriteTokens, counted)
    if (reasoningTokens !== undefined) reasoning.add(reasoningTokens, counted)
    inputPerCall.record(promptTokens, attributes)
    outputPerCall.record(completionTokens, attributes)
  }
}
