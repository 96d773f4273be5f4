/** How echo cuts its answer into words, to count and to stream them. */

/** Go's idea of white space, which is Unicode's and not quite that of `\s`. */
const WORD = /\P{White_Space}+/gu

/** The number of words in a text. */
export function countWords(text: string): number {
  let count = 0
  for (const _ of text.matchAll(WORD)) count++
  return count
}

/**
 * Cuts a text into its words, each with the white space before it, and the last one also with what follows it: joined
 * again they are the text. A text of white space alone is one piece, an empty text none.
 */
export function* splitWords(text: string): Generator<string> {
  let start = 0
  let end = 0
  for (const match of text.matchAll(WORD)) {
    if (end > 0) {
      yield text.slice(start, end)
      start = end
    }
    end = match.index + match[0].length
  }
  if (text !== '') yield text.slice(start)
}
