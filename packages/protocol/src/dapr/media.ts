/** Content parts of a message: text is Dapr's, images, recordings and documents are our extension of its content. */
import type { MessageInitShape } from '@bufbuild/protobuf'
import { type ContentPart, type ImageDetail, isImageDetail, type MediaSource } from '../conversation/message.ts'
import { ConversationError } from '../error.ts'
import type { ConversationMessageContent, ConversationMessageContentSchema } from './gen/dapr/proto/runtime/v1/ai_pb.js'

/** The source of a medium as each of the three messages has it. */
interface WireMedia {
  readonly source:
    | { readonly case: 'data'; readonly value: Uint8Array }
    | { readonly case: 'url'; readonly value: string }
    | { readonly case: undefined; readonly value?: undefined }
  readonly mediaType?: string | undefined
}

/**
 * Reads the content of a message. An empty text beside a medium is no part; alone it is one, as in daprd.
 * @throws ConversationError `invalid_params` where a medium has no source, or data without a media type.
 */
export function readContent(content: readonly ConversationMessageContent[]): ContentPart[] {
  const parts: ContentPart[] = []
  for (const { text, media } of content) {
    if (text !== '' || media.case === undefined) parts.push({ type: 'text', text })
    switch (media.case) {
      case 'image': {
        const detail = readDetail(media.value.detail)
        parts.push({ type: 'image', source: readSource('image', media.value), ...(detail && { detail }) })
        break
      }
      case 'audio':
        parts.push({ type: 'audio', source: readSource('audio', media.value) })
        break
      case 'file': {
        const { filename } = media.value
        parts.push({ type: 'file', source: readSource('file', media.value), ...(filename && { filename }) })
      }
    }
  }
  return parts
}

/** Writes content parts, one message content for each. */
export function writeContent(
  parts: readonly ContentPart[],
): MessageInitShape<typeof ConversationMessageContentSchema>[] {
  return parts.map(writePart)
}

function writePart(part: ContentPart): MessageInitShape<typeof ConversationMessageContentSchema> {
  switch (part.type) {
    case 'text':
      return { text: part.text }
    case 'image': {
      const detail = part.detail && { detail: part.detail }
      return { media: { case: 'image', value: { ...writeSource(part.source), ...detail } } }
    }
    case 'audio':
      return { media: { case: 'audio', value: writeSource(part.source) } }
    case 'file': {
      const filename = part.filename && { filename: part.filename }
      return { media: { case: 'file', value: { ...writeSource(part.source), ...filename } } }
    }
  }
}

function readSource(kind: string, { source, mediaType }: WireMedia): MediaSource {
  if (source.case === undefined || source.value.length === 0) {
    throw new ConversationError('invalid_params', `invalid params: ${kind} must have data or a url`)
  }
  if (source.case === 'url') return { url: source.value, ...(mediaType && { mediaType }) }
  if (!mediaType) throw new ConversationError('invalid_params', `invalid params: ${kind} data must have a media type`)
  return { data: source.value, mediaType }
}

function writeSource(source: MediaSource) {
  return 'url' in source
    ? {
        source: { case: 'url' as const, value: source.url },
        ...(source.mediaType && { mediaType: source.mediaType }),
      }
    : { source: { case: 'data' as const, value: source.data as Uint8Array<ArrayBuffer> }, mediaType: source.mediaType }
}

function readDetail(detail: string | undefined): ImageDetail | undefined {
  if (!detail) return undefined
  if (isImageDetail(detail)) return detail
  throw new ConversationError('invalid_params', "invalid params: image detail must be 'auto', 'low' or 'high'")
}
