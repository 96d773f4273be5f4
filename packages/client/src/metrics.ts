/** How an answer came: its clock and its figures, and the six lines that show them. */
import type { ChatUsage } from '@dapr-chat/protocol/openai'
import type { StreamingMode } from './transport/transport.ts'

/** The figures of one answer. */
export interface Metrics {
  /** From the call to the last of the answer, in milliseconds. */
  readonly durationMs: number
  /** From the call to the first model output, in milliseconds; absent where the answer holds none. */
  readonly timeToFirstChunkMs?: number
  /** Pieces of model output: of text, thinking, refusal or a tool call. */
  readonly chunks: number
  /** Length of the text, in UTF-16 code units. */
  readonly contentLength: number
  readonly charsPerSecond: number
  /** Completion tokens for each second of the whole call; absent where no token count was reported. */
  readonly outputTokensPerSecond?: number
  /** How often the sidecar or server was asked, retries included. */
  readonly attempts: number
  /** How often the model answered: once, and again after each round of tools or wrong structured answer. */
  readonly steps: number
  /** How many tool calls the model asked for. */
  readonly toolCalls: number
  /** What the call cost, in US dollars; absent unless the model, the tokens and the price of every step are known. */
  readonly costUsd?: number
  /** Whether some step came without token counts, so that there are only the estimates of the stream's events. */
  readonly usageEstimated: boolean
  /** How the tokens came; `none` where a whole answer was asked for. */
  readonly streaming: StreamingMode | 'none'
}

/** The figures that no clock is needed for. */
export type CountedMetrics = Pick<Metrics, 'attempts' | 'steps' | 'toolCalls' | 'usageEstimated' | 'streaming'> & {
  readonly costUsd?: number | undefined
}

/** The clock of one call. It stops at what arrived last: what a reader does after that is not the model's time. */
export class Meter {
  #start = performance.now()
  #first: number | undefined
  #last = this.#start
  #chunks = 0

  /** The call begins. */
  begin(): void {
    this.#start = performance.now()
    this.#last = this.#start
  }

  /** Something arrived, with so many pieces of model output. */
  arrived(outputs: number): void {
    this.#last = performance.now()
    if (outputs > 0) this.#first ??= this.#last
    this.#chunks += outputs
  }

  /** The figures of an answer that has ended. */
  metrics(text: string, usage: ChatUsage | undefined, { costUsd, ...counted }: CountedMetrics): Metrics {
    const durationMs = this.#last - this.#start
    const perSecond = (amount: number) => (durationMs > 0 ? (amount * 1000) / durationMs : 0)
    return {
      durationMs,
      ...(this.#first !== undefined && { timeToFirstChunkMs: this.#first - this.#start }),
      chunks: this.#chunks,
      contentLength: text.length,
      charsPerSecond: perSecond(text.length),
      ...(usage && { outputTokensPerSecond: perSecond(usage.completion_tokens) }),
      ...counted,
      ...(costUsd !== undefined && { costUsd }),
    }
  }
}

/**
 * Six lines for people: length, time, speed and token counts. A count that was not reported reads `n/a`, which is not
 * zero.
 */
export function formatMetrics({ metrics, usage }: { readonly metrics: Metrics; readonly usage?: ChatUsage }): string {
  return [
    `Content length: ${metrics.contentLength} characters`,
    `Total time: ${(metrics.durationMs / 1000).toFixed(2)} seconds`,
    `Chars per second: ${metrics.charsPerSecond.toFixed(1)}`,
    `Prompt tokens: ${usage?.prompt_tokens ?? 'n/a'}`,
    `Completion tokens: ${usage?.completion_tokens ?? 'n/a'}`,
    `Total tokens: ${usage?.total_tokens ?? 'n/a'}`,
  ].join('\n')
}
