/** Guesses what a misspelt name was meant to be: a metadata name or a type here, a flag or a command on the command line. */

/** The fewest insertions, deletions, substitutions and swaps of neighbours that turn one text into the other. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}

/**
 * The candidate closest to a name, compared without case, or `undefined` where none is close: at most one change for
 * every three characters, and never more than two. Short names have many innocent neighbours. A name of four characters
 * or more that a candidate begins with is as close as one change.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let found: string | undefined
  let limit = Math.min(2, Math.floor(name.length / 3))
  for (const candidate of candidates) {
    const changes = isBeginning(name, candidate) ? 1 : distance(name.toLowerCase(), candidate.toLowerCase())
    if (changes > limit) continue
    found = candidate
    limit = changes - 1
  }
  return found
}

function isBeginning(name: string, candidate: string): boolean {
  return name.length >= 4 && candidate.toLowerCase().startsWith(name.toLowerCase()) && candidate.length > name.length
}
