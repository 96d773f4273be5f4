/**
 * The screen for answers in AWS's binary event stream. It passes on whole frames only, which spares the package joining
 * them; it bounds their size, reads reports of failure, and tells a stream that was cut from one that has ended. The
 * frame: total length, length of the headers, checksum, headers, payload, checksum.
 */
import { ConversationError } from '@dapr-chat/protocol'
import { asFields, type Fields, providerError } from '@dapr-chat/protocol/openai'
import { cutOff, notAnAnswer } from '../ai-sdk/failure.ts'
import { noBytes, type Screen } from '../ai-sdk/screen.ts'

/** The longest frame, in bytes, as for the events of other streams. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024

const PRELUDE_BYTES = 12
const CHECKSUM_BYTES = 4
/** The only type of header value that Bedrock sends. */
const STRING_TYPE = 7

export class FrameScreen implements Screen {
  /** No frame says that it is the last one. */
  readonly done = false
  /** The model is the one that was asked. */
  readonly model = undefined
  /** What has come of a frame that is not whole, or of a body that holds none. */
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  #begun = false
  #finished = false
  #failure: ConversationError | undefined

  get failure(): ConversationError | undefined {
    return this.#failure
  }

  get finished(): boolean {
    return this.#finished
  }

  push(bytes: Uint8Array): Uint8Array {
    if (this.#failure || bytes.length === 0) return noBytes
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    if (this.#pendingBytes > MAX_FRAME_BYTES) {
      this.#failure = new ConversationError(
        'protocol',
        `the stream holds an event that does not end: an event may have at most ${MAX_FRAME_BYTES} bytes`,
      )
      return noBytes
    }
    // Joined only when the frame can be whole, so that one in many pieces is not copied once for each of them.
    if (this.#pendingBytes < this.#wanted()) return noBytes
    return this.#frames(Buffer.concat(this.#pending))
  }

  end(): Uint8Array {
    if (this.#failure) return noBytes
    const rest = Buffer.concat(this.#pending)
    if (isText(rest[0])) this.#failure = readText(rest.toString())
    else if (rest.length > 0 && !this.#finished) this.#failure = cutOff()
    else if (!this.#begun) this.#failure = notAnAnswer('nothing of an answer')
    return noBytes
  }

  /** How many bytes the frame under way needs; at first as many as say it. */
  #wanted(): number {
    const first = this.#pending[0]
    if (isText(first?.[0])) return Infinity
    if (this.#pendingBytes < 4) return 4
    const start = first && first.length >= 4 ? first : Buffer.concat(this.#pending)
    return lengthAt(start, 0)
  }

  #frames(bytes: Uint8Array): Uint8Array {
    let at = 0
    while (bytes.length - at >= PRELUDE_BYTES && !this.#failure) {
      const length = lengthAt(bytes, at)
      if (length < PRELUDE_BYTES + CHECKSUM_BYTES || length > MAX_FRAME_BYTES) {
        this.#failure = notAnAnswer('a frame of an impossible length')
      } else if (at + length > bytes.length) {
        break
      } else {
        this.#look(bytes.subarray(at, at + length))
        if (!this.#failure) at += length
      }
    }
    this.#pending = at < bytes.length ? [bytes.subarray(at)] : []
    this.#pendingBytes = bytes.length - at
    return bytes.subarray(0, at)
  }

  #look(frame: Uint8Array): void {
    this.#begun = true
    const headersEnd = PRELUDE_BYTES + lengthAt(frame, 4)
    const headers = readHeaders(frame.subarray(PRELUDE_BYTES, headersEnd))
    const kind = headers.get(':message-type')
    if (headers.get(':event-type') === 'messageStop') this.#finished = true
    if (kind === 'exception') {
      const text = Buffer.from(frame.subarray(headersEnd, frame.length - CHECKSUM_BYTES)).toString()
      this.#failure = providerError({ type: headers.get(':exception-type'), ...parse(text) })
    } else if (kind === 'error') {
      this.#failure = providerError({ type: headers.get(':error-code'), message: headers.get(':error-message') })
    }
  }
}

function lengthAt(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset)
}

/** The headers that are strings, up to the first that is not. A broken frame is the package's to refuse. */
function readHeaders(bytes: Uint8Array): Map<string, string> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headers = new Map<string, string>()
  let at = 0
  while (at < buffer.length) {
    const nameEnd = at + 1 + (buffer[at] ?? 0)
    const valueStart = nameEnd + 3
    if (valueStart > buffer.length || buffer[nameEnd] !== STRING_TYPE) break
    const valueEnd = valueStart + buffer.readUInt16BE(nameEnd + 1)
    headers.set(buffer.toString('utf8', at + 1, nameEnd), buffer.toString('utf8', valueStart, valueEnd))
    at = valueEnd
  }
  return headers
}

/** Whether a body begins as JSON or HTML does; a frame that begins so would be gigabytes long. */
function isText(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x3c || byte === 0x5b
}

function readText(text: string): ConversationError {
  const body = parse(text)
  if (!body) return notAnAnswer(text.startsWith('<') ? 'an HTML page' : 'JSON that does not parse')
  const reports = body.error !== undefined || typeof body.message === 'string' || typeof body.Message === 'string'
  return reports ? providerError(body) : notAnAnswer('JSON that is no answer')
}

function parse(text: string): Fields | undefined {
  try {
    return asFields(JSON.parse(text))
  } catch {
    return undefined
  }
}
