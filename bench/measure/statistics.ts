/** The value below which this share of the values lies, by nearest rank; NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}
