/** Messages as JSON can hold them: bytes and addresses become text, which `readInput` reads as what they were. */
import { base64Encode } from '@bufbuild/protobuf/wire'
import type { ChatContentPart } from '../media.ts'
import type { ChatMessage } from '../message.ts'

/** The same message, in nothing but JSON. */
export function storable(message: ChatMessage): ChatMessage {
  if (message.role !== 'user' || typeof message.content === 'string') return message
  return { ...message, content: message.content.map(storablePart) }
}

function storablePart(part: ChatContentPart): ChatContentPart {
  if (part.type === 'text') return part
  const { data } = part
  if (data instanceof URL) return { ...part, data: data.href }
  return data instanceof Uint8Array ? { ...part, data: base64Encode(data) } : part
}
