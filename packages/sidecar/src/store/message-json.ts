/**
 * Messages as JSON: the form in which they are stored, and in which the API shows them. It is the vocabulary's own
 * shape; only the bytes of media, which JSON does not have, stand as base64.
 */
import type { ContentPart, JsonObject, MediaSource, Message } from '@dapr-chat/protocol'

/** The JSON form of messages. */
export function messagesToJson(messages: readonly Message[]): JsonObject[] {
  return messages.map((message) => ({ ...message, content: message.content.map(partToJson) }) as unknown as JsonObject)
}

/** The messages of a JSON form that `messagesToJson` has made. */
export function messagesFromJson(json: readonly JsonObject[]): Message[] {
  return json.map((message) => {
    const { content, ...rest } = message as JsonObject & { readonly content: readonly JsonObject[] }
    return { ...rest, content: content.map(partFromJson) } as unknown as Message
  })
}

function partToJson(part: ContentPart): object {
  if (part.type === 'text' || !('data' in part.source)) return part
  const { data, mediaType } = part.source
  return { ...part, source: { data: Buffer.from(data).toString('base64'), mediaType } }
}

function partFromJson(part: JsonObject): ContentPart {
  const { source } = part as { readonly source?: { readonly data?: string; readonly mediaType: string } }
  if (source?.data === undefined) return part as unknown as ContentPart
  const bytes: MediaSource = { data: new Uint8Array(Buffer.from(source.data, 'base64')), mediaType: source.mediaType }
  return { ...part, source: bytes } as unknown as ContentPart
}
