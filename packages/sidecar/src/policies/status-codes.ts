/** Sets of status codes as `matching` of a retry policy writes them: `429,500-599`. */

/** Ranges of codes, both ends included. */
export type CodeRanges = readonly (readonly [first: number, last: number])[]

/**
 * Reads codes and ranges of codes, separated by commas.
 * @returns `undefined` where the text is none, or names a code outside `first` to `last`.
 */
export function parseCodeRanges(text: string, first: number, last: number): CodeRanges | undefined {
  const ranges: [number, number][] = []
  for (const part of text.split(',')) {
    const match = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part)
    if (!match) return undefined
    const from = Number(match[1])
    const to = Number(match[2] ?? match[1])
    if (from < first || to > last || from > to) return undefined
    ranges.push([from, to])
  }
  return ranges
}

/** Whether a code is among them. */
export function includesCode(ranges: CodeRanges, code: number): boolean {
  return ranges.some(([from, to]) => code >= from && code <= to)
}
