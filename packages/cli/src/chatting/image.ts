/** Images that go with a question, from a file or an address. Used by `ask --image` and `/image` in a chat. */
import { readFile } from 'node:fs/promises'
import type { ChatContentPart, ChatMessage } from '@dapr-chat/client'
import { ExitError, exitCodes } from '../exit-code.ts'
import { userPath } from './user-path.ts'

/** How files of each type begin. */
const signatures: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF....WEBP/s],
]

/**
 * The part of a message. An address is passed on: whether the provider fetches it is the provider's affair.
 * @throws ExitError for a file that cannot be read or is no image.
 */
export async function readImage(source: string): Promise<ChatContentPart> {
  if (/^(?:https?|data):/i.test(source)) return { type: 'image', data: source }
  const data = await readFile(userPath(source)).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is no such file' : error.message
    throw new ExitError(exitCodes.usage, `Cannot read image "${source}": it must be a file or an address: ${reason}`)
  })
  const beginning = data.toString('latin1', 0, 16)
  const mediaType = signatures.find(([, signature]) => signature.test(beginning))?.[0]
  if (mediaType !== undefined) return { type: 'image', data: new Uint8Array(data), mediaType }
  throw new ExitError(
    exitCodes.usage,
    `Cannot send image "${source}": it must be a PNG, JPEG, GIF or WebP: its content is none of these`,
  )
}

/** A question, with what goes with it. */
export function questionOf(text: string, images: readonly ChatContentPart[]): ChatMessage {
  return { role: 'user', content: images.length === 0 ? text : [{ type: 'text', text }, ...images] }
}
