/**
 * Figures of conversations by OpenTelemetry's conventions for generative AI, in Prometheus' spelling;
 * the values are those of `genai-figures.ts`. One of the groups of figures in `metrics.ts`.
 */
import type { Usage } from '@dapr-chat/protocol'
import { BoundedNames } from './bounded-names.ts'
import type { CallSink } from './call-book.ts'
import type { CallRecord } from './call-record.ts'
import { errorTypeOf } from './error-type.ts'
import { genAiFigures } from './genai-figures.ts'
import { type GenAiNames, genAiBuckets, genAiServer, type TokenCounters } from './genai-names.ts'
import type { HistogramFigure, Instruments } from './instruments.ts'
import { serverAddress } from './server-address.ts'

type Labels = Record<string, string>
type TokenWriter = (labels: Labels, usage: Usage) => void

/** The most models that have figures of their own. */
const MAX_MODELS = 100

const LABELS = [
  'gen_ai_operation_name',
  'gen_ai_provider_name',
  'gen_ai_request_model',
  'gen_ai_response_model',
  'error_type',
  'dapr_component_name',
  'server_address',
  'server_port',
]

/** The figures of one sidecar. */
export class GenAiMetrics implements CallSink {
  readonly #models = new BoundedNames(MAX_MODELS)
  readonly #clientDuration: HistogramFigure
  readonly #timeToFirstChunk: HistogramFigure
  readonly #timePerOutputChunk: HistogramFigure
  readonly #serverDuration: HistogramFigure
  readonly #timeToFirstToken: HistogramFigure
  readonly #timePerOutputToken: HistogramFigure
  readonly #writeTokens: TokenWriter

  constructor(instruments: Instruments, { client, tokens }: GenAiNames) {
    const seconds = (name: string, help: string, buckets: readonly number[]) =>
      instruments.histogram(`${prometheusName(name)}_seconds`, help, LABELS, buckets)
    const { duration, timeToFirstToken, timePerOutputToken } = genAiBuckets
    this.#clientDuration = seconds(
      client.duration,
      'How long the provider took for an answer, retries included, in seconds.',
      duration,
    )
    this.#timeToFirstChunk = seconds(
      client.timeToFirstChunk,
      'From asking the provider to its first output, in seconds.',
      duration,
    )
    this.#timePerOutputChunk = seconds(
      client.timePerOutputChunk,
      'The mean time between two pieces of output of one answer, in seconds; one value for each answer.',
      duration,
    )
    this.#serverDuration = seconds(
      genAiServer.duration,
      'How long callers waited for the whole answer, in seconds.',
      duration,
    )
    this.#timeToFirstToken = seconds(
      genAiServer.timeToFirstToken,
      'How long callers of successful answers waited for the first output, in seconds.',
      timeToFirstToken,
    )
    this.#timePerOutputToken = seconds(
      genAiServer.timePerOutputToken,
      'The mean time for a token after the first one of successful answers, in seconds.',
      timePerOutputToken,
    )
    this.#writeTokens =
      'usage' in tokens ? tokenHistogram(instruments, tokens.usage) : tokenCounters(instruments, tokens)
  }

  ended(record: CallRecord): void {
    const labels = this.#labelsOf(record)
    const { client, server } = genAiFigures(record)
    if (client) {
      this.#clientDuration.observe(labels, client.duration)
      observeKnown(this.#timeToFirstChunk, labels, client.timeToFirstChunk)
      observeKnown(this.#timePerOutputChunk, labels, client.timePerOutputChunk)
      if (record.usage) this.#writeTokens(labels, record.usage)
    }
    this.#serverDuration.observe(labels, server.duration)
    observeKnown(this.#timeToFirstToken, labels, server.timeToFirstToken)
    observeKnown(this.#timePerOutputToken, labels, server.timePerOutputToken)
  }

  #labelsOf(record: CallRecord): Labels {
    const { component, askedModel, answeringModel } = record
    const errorType = errorTypeOf(record)
    const server = serverAddress(component.endpoint)
    return {
      gen_ai_operation_name: 'chat',
      gen_ai_provider_name: component.provider,
      ...(askedModel !== undefined && { gen_ai_request_model: this.#models.bound(askedModel) }),
      ...(answeringModel !== undefined && { gen_ai_response_model: this.#models.bound(answeringModel) }),
      ...(errorType !== undefined && { error_type: errorType }),
      dapr_component_name: component.name,
      ...(server && { server_address: server.host, server_port: String(server.port) }),
    }
  }
}

function observeKnown(histogram: HistogramFigure, labels: Labels, value: number | undefined): void {
  if (value !== undefined) histogram.observe(labels, value)
}

/** The released generation: one histogram, with the side as a label. */
function tokenHistogram(instruments: Instruments, name: string): TokenWriter {
  const histogram = instruments.histogram(
    prometheusName(name),
    'How many tokens an answer cost, as the provider reported them.',
    [...LABELS, 'gen_ai_token_type'],
    genAiBuckets.tokens,
  )
  return (labels, { promptTokens, completionTokens }) => {
    histogram.observe({ ...labels, gen_ai_token_type: 'input' }, promptTokens)
    histogram.observe({ ...labels, gen_ai_token_type: 'output' }, completionTokens)
  }
}

/** The generation in the making: a counter for each kind of token, a histogram for each side. */
function tokenCounters(instruments: Instruments, names: TokenCounters): TokenWriter {
  const counter = (name: string, help: string) =>
    instruments.counter(`${prometheusName(name)}_total`, help, [...LABELS, 'gen_ai_token_modality'])
  const histogram = (name: string, help: string) =>
    instruments.histogram(prometheusName(name), help, LABELS, genAiBuckets.tokens)
  const input = counter(names.input, 'Input tokens, as the providers reported them.')
  const output = counter(names.output, 'Output tokens, as the providers reported them.')
  const cacheRead = counter(names.cacheRead, "Input tokens that came from a provider's own cache.")
  const cacheWrite = counter(names.cacheWrite, "Input tokens that went into a provider's own cache.")
  const reasoning = counter(names.reasoning, 'Output tokens that went into thinking.')
  const inputPerCall = histogram(names.inputPerCall, 'How many input tokens a call had.')
  const outputPerCall = histogram(names.outputPerCall, 'How many output tokens a call had.')
  return (labels, { promptTokens, completionTokens, cachedTokens, cacheWriteTokens, reasoningTokens }) => {
    // Providers report sums over text, images and sound.
    const counted = { ...labels, gen_ai_token_modality: 'unknown' }
    input.inc(counted, promptTokens)
    output.inc(counted, completionTokens)
    if (cachedTokens !== undefined) cacheRead.inc(counted, cachedTokens)
    if (cacheWriteTokens !== undefined) cacheWrite.inc(counted, cacheWriteTokens)
    if (reasoningTokens !== undefined) reasoning.inc(counted, reasoningTokens)
    inputPerCall.observe(labels, promptTokens)
    outputPerCall.observe(labels, completionTokens)
  }
}

function prometheusName(name: string): string {
  return name.replaceAll('.', '_')
}
