/**
 * What scrubbing costs: the time for 100 characters, whole and in tokens, and for how many tokens in a row nothing
 * leaves. Run with `node packages/sidecar/testing/scrub-cost.ts`; the figures are in docs/decisions/006.
 */
import { TextScrubber } from '../src/middleware/scrub/text-scrubber.ts'

const ROUNDS = 31
const CHARACTERS = 20_000

/** About the length of a token in English. */
const TOKEN = 4

const sentences: Readonly<Record<string, string>> = {
  prose:
    'The quick brown fox jumps over the lazy dog, and then it sleeps for a while; nobody knows what it may dream of. ',
  'personal data':
    'Call 212-456-7890 or mail bob.smith@example.com at 123 Main Street; IP 10.0.0.1, card 4263 9826 4026 9299. ',
  code: 'for (const [name, value] of Object.entries(headers)) response.setHeader(name.toLowerCase(), value)\n',
  digits: '1234567890',
}

const cut = (text: string, length: number) =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  )

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Microseconds for 100 characters. */
function cost(pieces: readonly string[]): string {
  const times = Array.from({ length: ROUNDS }, () => {
    const scrubber = new TextScrubber()
    const start = performance.now()
    for (const piece of pieces) scrubber.push(piece)
    scrubber.end()
    return performance.now() - start
  })
  return ((median(times) * 1_000 * 100) / CHARACTERS).toFixed(1)
}

/** For each token, how many in a row up to it brought no output. */
function waits(pieces: readonly string[]): number[] {
  const scrubber = new TextScrubber()
  let since = 0
  return pieces.map((piece) => {
    since = scrubber.push(piece) === '' ? since + 1 : 0
    return since
  })
}

for (const [name, sentence] of Object.entries(sentences)) {
  const text = sentence.repeat(Math.ceil(CHARACTERS / sentence.length)).slice(0, CHARACTERS)
  const tokens = cut(text, TOKEN)
  const waited = waits(tokens)
  process.stdout.write(
    `${name}: ${cost([text])} µs whole and ${cost(tokens)} µs in tokens for 100 characters; ` +
      `tokens in a row without output: ${median(waited)} at the median, ${Math.max(...waited)} at most\n`,
  )
}
