/** Images, recordings and documents, as the vendors' packages take them. */

import type { LanguageModelV4FilePart } from '@ai-sdk/provider'
import { type ContentPart, ConversationError, type MediaSource } from '@dapr-chat/protocol'

/** A part that is not text. */
export type MediaPart = Exclude<ContentPart, { readonly type: 'text' }>

const byExtension: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
}

/** What a part is where nothing says more: what vendors take most. */
const byKind: Readonly<Record<MediaPart['type'], string>> = {
  image: 'image/jpeg',
  audio: 'audio/wav',
  file: 'application/pdf',
}

/**
 * The part as a file. Nothing is fetched here: an address is the provider's to fetch.
 * @throws ConversationError `invalid_params` where an address is none.
 */
export function writeMedia(part: MediaPart): LanguageModelV4FilePart {
  const filename = part.type === 'file' ? part.filename : undefined
  const { data, mediaType } = read(part.source)
  const given = mediaType === 'application/octet-stream' ? undefined : mediaType
  const guessed = guess(data.type === 'url' ? data.url.pathname : undefined) ?? guess(filename) ?? byKind[part.type]
  return { type: 'file', mediaType: given || guessed, data, ...(filename !== undefined && { filename }) }
}

type FileData = Extract<LanguageModelV4FilePart['data'], { type: 'data' | 'url' }>

function read(source: MediaSource): { data: FileData; mediaType: string | undefined } {
  if ('data' in source) {
    const { buffer, byteOffset, byteLength } = source.data
    return { data: base64(Buffer.from(buffer, byteOffset, byteLength)), mediaType: source.mediaType }
  }
  const [, mediaType, encoding, text] = /^data:([^;,]*)(?:;[^;,]*)*?(;base64)?,(.*)$/s.exec(source.url) ?? []
  if (text !== undefined) {
    const data = encoding === undefined ? base64(Buffer.from(decode(text))) : { type: 'data' as const, data: text }
    return { data, mediaType: mediaType || source.mediaType }
  }
  if (!URL.canParse(source.url)) {
    throw new ConversationError('invalid_params', 'invalid params: the address of an image or a file must be a URL')
  }
  return {
    data: { type: 'url', url: new URL(source.url), originalUrl: source.url },
    mediaType: source.mediaType,
  }
}

/** The packages take bytes too, and encode them more slowly. */
function base64(bytes: Buffer): FileData {
  return { type: 'data', data: bytes.toString('base64') }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ConversationError('invalid_params', 'invalid params: the data URL of an image or a file is broken')
  }
}

function guess(name: string | undefined): string | undefined {
  const [, extension] = /\.(\w+)$/.exec(name ?? '') ?? []
  return extension === undefined ? undefined : byExtension[extension.toLowerCase()]
}
