/**
 * The bytes of the mock provider's answers, made once: events of about 320 bytes, as OpenAI's own are, and each of them a
 * chunk of HTTP/1.1's chunked coding by itself, as servers write them.
 */

const ENVELOPE = {
  id: 'chatcmpl-Bench0000000000000000000000000',
  object: 'chat.completion.chunk',
  created: 1_760_000_000,
  model: 'gpt-4.1-nano-2025-04-14',
  service_tier: 'default',
  system_fingerprint: 'fp_0000000000',
}
const TOKEN = ' token'
const USAGE = { prompt_tokens: 12, completion_tokens: 16, total_tokens: 28 }

function event(data: string): string {
  const text = `data: ${data}\n\n`
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}

function chunk(choices: readonly object[], more: object = { usage: null }): string {
  return event(JSON.stringify({ ...ENVELOPE, choices, ...more }))
}

function choice(delta: object, finish: string | null = null): object[] {
  return [{ index: 0, delta, logprobs: null, finish_reason: finish }]
}

/** The event that opens an answer, with the role and no text. */
const OPENING = chunk(choice({ role: 'assistant', content: '', refusal: null }))
const NEXT = chunk(choice({ content: TOKEN }), { usage: null, obfuscation: 'x'.repeat(15) })

/** One token. */
export const TOKEN_EVENT = Buffer.from(NEXT)

/** The first token, with the opening before it. */
export const FIRST_EVENTS = Buffer.from(OPENING + NEXT)

/** The finish reason, the token counts, the mark of success, and the end of the chunked coding. */
export const LAST_EVENTS = Buffer.from(
  `${chunk(choice({}, 'stop')) + chunk([], { usage: USAGE }) + event('[DONE]')}0\r\n\r\n`,
)

/** How many tokens a provider that does not pause sends in one write. */
const TOKENS_PER_WRITE = 50

/** An answer that streams without pauses, as the pieces in which it is written. */
export function burst(tokens: number): Buffer[] {
  const pieces = [Buffer.from(OPENING)]
  for (let left = tokens; left > 0; left -= TOKENS_PER_WRITE) {
    pieces.push(Buffer.from(NEXT.repeat(Math.min(left, TOKENS_PER_WRITE))))
  }
  return [...pieces, LAST_EVENTS]
}

/** The same answer, whole. */
export function completion(tokens: number): Buffer {
  const message = { role: 'assistant', content: TOKEN.repeat(tokens), refusal: null, annotations: [] }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
  return Buffer.from(JSON.stringify({ ...ENVELOPE, object: 'chat.completion', choices, usage: USAGE }))
}
