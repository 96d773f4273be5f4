/**
 * What scrubbing costs: the time for 100 characters, whole and in tokens, and how many characters wait for what comes
 * after them. Run with `node bench/scrub.ts`; the figures are in docs/decisions/006.
 */
import { TextScrubber } from '../packages/sidecar/src/middleware/scrub/text-scrubber.ts'
import { median, percentile } from './measure/statistics.ts'

const ROUNDS = 30
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

/** Microseconds for 100 characters. */
function cost(pieces: readonly string[]): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const scrubber = new TextScrubber()
    const start = performance.now()
    for (const piece of pieces) scrubber.push(piece)
    scrubber.end()
    return performance.now() - start
  })
  return (median(times) * 1_000 * 100) / CHARACTERS
}

/** How many tokens come after the one in which a piece of a text stands before that piece leaves. */
function delays(sentence: string): number[] {
  const scrubber = new TextScrubber()
  let since = 0
  return cut(sentence.repeat(100), TOKEN).map((piece) => {
    since = scrubber.push(piece) === '' ? since + 1 : 0
    return since
  })
}

for (const [name, sentence] of Object.entries(sentences)) {
  const text = sentence.repeat(Math.ceil(CHARACTERS / sentence.length)).slice(0, CHARACTERS)
  const waits = delays(sentence)
  console.log(
    `${name}: ${cost([text]).toFixed(1)} µs whole, ${cost(cut(text, TOKEN)).toFixed(1)} µs in tokens, for 100 characters; ` +
      `tokens in a row without output: ${median(waits)} at the median, ${percentile(waits, 0.99)} at p99, ${Math.max(...waits)} at most`,
  )
}
