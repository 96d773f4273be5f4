/** The mock provider's answers in OpenAI's words: events of about 320 bytes, as OpenAI's own are. */
import { type AnswerBytes, answerBytes } from './answer-bytes.ts'

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

function event(data: string): Buffer {
  return Buffer.from(`data: ${data}\n\n`)
}

function chunk(choices: readonly object[], more: object = { usage: null }): Buffer {
  return event(JSON.stringify({ ...ENVELOPE, choices, ...more }))
}

function choice(delta: object, finish: string | null = null): object[] {
  return [{ index: 0, delta, logprobs: null, finish_reason: finish }]
}

/** An answer that streams: the role without text, the tokens, the finish reason, the token counts, the mark of success. */
export const chatAnswer: AnswerBytes = answerBytes('text/event-stream; charset=utf-8', {
  opening: [chunk(choice({ role: 'assistant', content: '', refusal: null }))],
  token: [chunk(choice({ content: TOKEN }), { usage: null, obfuscation: 'x'.repeat(15) })],
  end: [chunk(choice({}, 'stop')), chunk([], { usage: USAGE }), event('[DONE]')],
})

/** The same answer, whole. */
export function completion(tokens: number): Buffer {
  const message = { role: 'assistant', content: TOKEN.repeat(tokens), refusal: null, annotations: [] }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
  return Buffer.from(JSON.stringify({ ...ENVELOPE, object: 'chat.completion', choices, usage: USAGE }))
}
