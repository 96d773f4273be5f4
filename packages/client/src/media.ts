/** The parts of a message that is more than text: how a program gives them and how they become the vocabulary's parts. */
import { type ContentPart, type ImageDetail, isImageDetail, type MediaSource } from '@dapr-chat/protocol'
import { InvalidRequestError } from './errors.ts'

/**
 * One piece of a user's message. A string as `data` is an address (`https:`, `http:` or `data:`) or else base64.
 * `mediaType` is needed with bytes and base64.
 */
export type ChatContentPart =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'image'
      readonly data: Uint8Array | URL | string
      /** Such as `image/png`. */
      readonly mediaType?: string
      /** How closely the model looks. */
      readonly detail?: ImageDetail
    }
  | {
      readonly type: 'audio'
      readonly data: Uint8Array | URL | string
      /** Such as `audio/wav`. */
      readonly mediaType?: string
    }
  | {
      readonly type: 'file'
      readonly data: Uint8Array | URL | string
      /** Such as `application/pdf`. */
      readonly mediaType?: string
      readonly filename?: string
    }

/**
 * The vocabulary's part.
 * @param at where the part stands, for the error.
 * @throws InvalidRequestError for an unknown type or detail, for bytes without a media type and for none at all.
 */
export function readContentPart(part: ChatContentPart, at: string): ContentPart {
  switch (part?.type) {
    case 'text':
      if (typeof part.text !== 'string') throw new InvalidRequestError(`Cannot read ${at}: text must be a string`)
      return { type: 'text', text: part.text }
    case 'image': {
      const source = readSource(part, at)
      const detail: unknown = part.detail
      if (detail === undefined) return { type: 'image', source }
      if (isImageDetail(detail)) return { type: 'image', source, detail }
      throw new InvalidRequestError(
        `Cannot read ${at}: detail must be auto, low or high: current value is ${String(detail)}`,
      )
    }
    case 'audio':
      return { type: 'audio', source: readSource(part, at) }
    case 'file': {
      const source = readSource(part, at)
      return { type: 'file', source, ...(part.filename !== undefined && { filename: part.filename }) }
    }
    default:
      throw new InvalidRequestError(
        `Cannot read ${at}: its type must be text, image, audio or file: current value is ${String((part as { type?: unknown } | null)?.type)}`,
      )
  }
}

function readSource(
  { data, mediaType }: { readonly data: Uint8Array | URL | string; readonly mediaType?: string },
  at: string,
): MediaSource {
  if (data === '' || (data instanceof Uint8Array && data.length === 0)) {
    throw new InvalidRequestError(`Cannot read ${at}: data must not be empty`)
  }
  if (data instanceof Uint8Array) return { data, mediaType: required(mediaType, at) }
  if (!(data instanceof URL) && typeof data !== 'string') {
    throw new InvalidRequestError(`Cannot read ${at}: data must be bytes, an address or base64`)
  }
  const text = data instanceof URL ? data.href : data
  if (/^https?:/i.test(text)) return { url: text, ...(mediaType !== undefined && { mediaType }) }
  if (!/^data:/i.test(text)) return { data: fromBase64(text, at), mediaType: required(mediaType, at) }
  const [, type, base64] = /^data:([^;,]*)[^,]*;base64,(.*)$/is.exec(text) ?? []
  if (base64 === undefined) throw new InvalidRequestError(`Cannot read ${at}: a data: address must be in base64`)
  return { data: fromBase64(base64, at), mediaType: required(mediaType ?? (type || undefined), at) }
}

function required(mediaType: string | undefined, at: string): string {
  if (mediaType) return mediaType
  throw new InvalidRequestError(`Cannot read ${at}: mediaType must be set where data is not an address`)
}

function fromBase64(text: string, at: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch (cause) {
    throw new InvalidRequestError(`Cannot read ${at}: data must be bytes, an https: address or base64`, { cause })
  }
}
