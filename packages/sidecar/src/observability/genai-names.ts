/**
 * The names of OpenTelemetry's conventions for generative AI, in both generations: the released one, which panels of
 * today know, and the one in the making, which `OTEL_SEMCONV_STABILITY_OPT_IN` asks for. The one place for these names:
 * the packages that have them ask not to be imported at run time.
 */
import { spanAttribute } from '@dapr-chat/protocol'

/** The value of the variable that asks for the generation in the making. */
const LATEST = 'gen_ai_latest_experimental'

/** The instruments of a client whose names differ between the generations. */
export interface ClientNames {
  readonly duration: string
  readonly timeToFirstChunk: string
  readonly timePerOutputChunk: string
}

/** Tokens as one histogram with the attribute `gen_ai.token.type`. */
export interface TokenHistogram {
  readonly usage: string
}

/** Tokens as a counter for each kind, and a histogram of the calls for each side. */
export interface TokenCounters {
  readonly input: string
  readonly output: string
  readonly cacheRead: string
  readonly cacheWrite: string
  readonly reasoning: string
  readonly inputPerCall: string
  readonly outputPerCall: string
}

/** One generation of names. */
export interface GenAiNames {
  readonly client: ClientNames
  readonly tokens: TokenHistogram | TokenCounters
  /** The attribute of a span with the tokens that the provider took into its own cache. */
  readonly cacheWriteAttribute: string
}

const released: GenAiNames = {
  client: {
    duration: 'gen_ai.client.operation.duration',
    timeToFirstChunk: 'gen_ai.client.operation.time_to_first_chunk',
    timePerOutputChunk: 'gen_ai.client.operation.time_per_output_chunk',
  },
  tokens: { usage: 'gen_ai.client.token.usage' },
  cacheWriteAttribute: spanAttribute.cacheWriteTokens,
}

const latest: GenAiNames = {
  client: {
    duration: 'gen_ai.client.inference.duration',
    timeToFirstChunk: 'gen_ai.client.inference.time_to_first_chunk',
    timePerOutputChunk: 'gen_ai.client.inference.time_per_output_chunk',
  },
  tokens: {
    input: 'gen_ai.client.inference.usage.input_tokens',
    output: 'gen_ai.client.inference.usage.output_tokens',
    cacheRead: 'gen_ai.client.inference.usage.cache_read.input_tokens',
    cacheWrite: 'gen_ai.client.inference.usage.cache_write.input_tokens',
    reasoning: 'gen_ai.client.inference.usage.reasoning.output_tokens',
    inputPerCall: 'gen_ai.client.inference.operation.input_tokens',
    outputPerCall: 'gen_ai.client.inference.operation.output_tokens',
  },
  cacheWriteAttribute: 'gen_ai.usage.cache_write.input_tokens',
}

/** The instruments of a server, the same in both generations. */
export const genAiServer = {
  duration: 'gen_ai.server.request.duration',
  timeToFirstToken: 'gen_ai.server.time_to_first_token',
  timePerOutputToken: 'gen_ai.server.time_per_output_token',
} as const

/** The bounds that the conventions ask for. */
export const genAiBuckets = {
  /** In seconds. */
  duration: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  tokens: [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
  /** In seconds; those above 10 are ours, for models that think first. */
  timeToFirstToken: [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 20, 30, 45, 60,
  ],
  /** In seconds. */
  timePerOutputToken: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5],
} as const

/** The generation that the value of `OTEL_SEMCONV_STABILITY_OPT_IN` asks for, a list with commas. */
export function genAiNames(optIn = ''): GenAiNames {
  const asked = optIn.split(',').map((value) => value.trim())
  return asked.includes(LATEST) ? latest : released
}
