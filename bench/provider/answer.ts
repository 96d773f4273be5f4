/** The bytes of the mock provider's answers, made once: chunks of about 320 bytes, as OpenAI's own are. */

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

function frame(chunk: object): string {
  return `data: ${JSON.stringify(chunk)}\n\n`
}

function choice(delta: object, finish: string | null = null): object[] {
  return [{ index: 0, delta, logprobs: null, finish_reason: finish }]
}

/** The chunk that opens an answer, with the role and no text. */
const OPENING = frame({ ...ENVELOPE, choices: choice({ role: 'assistant', content: '', refusal: null }), usage: null })
const NEXT = frame({ ...ENVELOPE, choices: choice({ content: TOKEN }), usage: null, obfuscation: 'x'.repeat(15) })
const CLOSING =
  frame({ ...ENVELOPE, choices: choice({}, 'stop'), usage: null }) +
  frame({ ...ENVELOPE, choices: [], usage: USAGE }) +
  'data: [DONE]\n\n'

/** One token. */
export const TOKEN_CHUNK = Buffer.from(NEXT)

/** The first token, with the opening before it. */
export const FIRST_CHUNKS = Buffer.from(OPENING + NEXT)

/** The finish reason, the token counts and the mark of success. */
export const LAST_CHUNKS = Buffer.from(CLOSING)

/** How many tokens a provider that does not pause sends in one write. */
const TOKENS_PER_WRITE = 50

/** An answer that streams without pauses, as the pieces in which it is written. */
export function burst(tokens: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let left = tokens; left > 0; left -= TOKENS_PER_WRITE) {
    pieces.push(Buffer.from(NEXT.repeat(Math.min(left, TOKENS_PER_WRITE))))
  }
  return [Buffer.concat([Buffer.from(OPENING), pieces[0] ?? Buffer.alloc(0)]), ...pieces.slice(1), LAST_CHUNKS]
}

/** The same answer, whole. */
export function completion(tokens: number): Buffer {
  const message = { role: 'assistant', content: TOKEN.repeat(tokens), refusal: null, annotations: [] }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
  return Buffer.from(JSON.stringify({ ...ENVELOPE, object: 'chat.completion', choices, usage: USAGE }))
}
