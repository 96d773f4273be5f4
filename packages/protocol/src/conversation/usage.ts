/**
 * A count of tokens, if the value is one. Providers have been seen to report fractions, negative counts and texts; whatever
 * is no count counts as not reported, so that every wire shows the same.
 */
export function tokenCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}

/** Tokens that one answer cost. Absent details were not reported; zero was. */
export interface Usage {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly totalTokens: number
  /** Prompt tokens that the provider's own cache served. */
  readonly cachedTokens?: number
  /** Prompt tokens that the provider took into its own cache, which some charge more for. */
  readonly cacheWriteTokens?: number
  readonly promptAudioTokens?: number
  /** Completion tokens spent on thinking. */
  readonly reasoningTokens?: number
  readonly completionAudioTokens?: number
  readonly acceptedPredictionTokens?: number
  readonly rejectedPredictionTokens?: number
}

/** What several answers cost together. A detail that none of them reported stays absent; without any there is no sum. */
export function sumUsage(usages: readonly Usage[]): Usage | undefined {
  const [first, ...others] = usages
  if (!first) return undefined
  const sum: Record<string, number> = { ...first }
  for (const usage of others) for (const [name, tokens] of Object.entries(usage)) sum[name] = (sum[name] ?? 0) + tokens
  return sum as unknown as Usage
}
