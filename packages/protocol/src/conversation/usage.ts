/** Tokens that one answer cost. Absent details were not reported; zero was. */
export interface Usage {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly totalTokens: number
  /** Prompt tokens that the provider's own cache served. */
  readonly cachedTokens?: number
  readonly promptAudioTokens?: number
  /** Completion tokens spent on thinking. */
  readonly reasoningTokens?: number
  readonly completionAudioTokens?: number
  readonly acceptedPredictionTokens?: number
  readonly rejectedPredictionTokens?: number
}
