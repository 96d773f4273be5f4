/** Cuts recorded bodies into their events, without changing a byte: together the parts are the body again. */
import { crc32 } from 'node:zlib'

const LF = 0x0a
const CR = 0x0d

/**
 * The events of an event stream, each with the empty line that ends it. Lines end as the HTML standard has it, in CR, LF or
 * both (html.spec.whatwg.org/#parsing-an-event-stream).
 */
export function eventStreamParts(body: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = []
  let begin = 0
  let isEmptyLine = true
  for (let index = 0; index < body.length; index++) {
    const byte = body[index]
    if (byte !== LF && byte !== CR) {
      isEmptyLine = false
      continue
    }
    if (byte === CR && body[index + 1] === LF) index++
    if (isEmptyLine) {
      parts.push(body.subarray(begin, index + 1))
      begin = index + 1
    }
    isEmptyLine = true
  }
  if (begin < body.length) parts.push(body.subarray(begin))
  return parts
}

/** The lengths of a frame and of its headers, and the checksum of both. */
const PRELUDE_BYTES = 12

/** The prelude, and the checksum at the end. */
const SHORTEST_FRAME_BYTES = 16

/**
 * The frames of AWS's event streams (docs.aws.amazon.com/transcribe/latest/dg/event-stream.html), each of which begins with its
 * length; `undefined` for a body that is none. A last one may have been cut off.
 */
export function frameParts(body: Buffer): Uint8Array[] | undefined {
  const parts: Uint8Array[] = []
  for (let begin = 0; begin < body.length; ) {
    if (body.length - begin < PRELUDE_BYTES) return parts.length > 0 ? [...parts, body.subarray(begin)] : undefined
    const length = body.readUInt32BE(begin)
    const isFrame = crc32(body.subarray(begin, begin + 8)) === body.readUInt32BE(begin + 8)
    if (!isFrame || length < SHORTEST_FRAME_BYTES) return undefined
    parts.push(body.subarray(begin, begin + length))
    begin += length
  }
  return parts.length > 0 ? parts : undefined
}
