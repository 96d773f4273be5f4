/**
 * The bytes of a streamed answer, made once. Every event is a chunk of HTTP/1.1's chunked coding by itself, as servers
 * write them.
 */

/** The parts of a streamed answer, each in the chunked coding already. */
export interface AnswerBytes {
  readonly contentType: string
  /** What comes before the first token. */
  readonly opening: Buffer
  /** One token. */
  readonly token: Buffer
  /** What comes after the last token, and the end of the chunked coding. */
  readonly end: Buffer
}

/** The parts of an answer, put together from its events. */
export function answerBytes(
  contentType: string,
  events: Readonly<Record<'opening' | 'token' | 'end', readonly Uint8Array[]>>,
): AnswerBytes {
  return {
    contentType,
    opening: coded(events.opening),
    token: coded(events.token),
    end: Buffer.concat([coded(events.end), Buffer.from('0\r\n\r\n')]),
  }
}

function coded(events: readonly Uint8Array[]): Buffer {
  const lineEnd = Buffer.from('\r\n')
  return Buffer.concat(events.flatMap((event) => [Buffer.from(`${event.length.toString(16)}\r\n`), event, lineEnd]))
}

/** How many tokens a provider that does not pause sends in one write. */
const TOKENS_PER_WRITE = 50

/** An answer that streams without pauses, as the pieces in which it is written. */
export function burst({ opening, token, end }: AnswerBytes, tokens: number): Buffer[] {
  const pieces = [opening]
  for (let left = tokens; left > 0; left -= TOKENS_PER_WRITE) {
    pieces.push(Buffer.concat(Array<Buffer>(Math.min(left, TOKENS_PER_WRITE)).fill(token)))
  }
  return [...pieces, end]
}
