/**
 * The blocks of a message's content in the client's words. LangChain has had several spellings of them; its own reader
 * turns most into one, and what that leaves is read here.
 */

import type { ImageDetail } from '@dapr-chat/protocol'
import { type ContentBlock, HumanMessage } from '@langchain/core/messages'
import { InvalidRequestError } from '../errors.ts'
import type { ChatContentPart } from '../media.ts'

/** A block in any spelling. */
type Block = Readonly<Record<string, unknown>>

/**
 * One piece of what a user says.
 * @throws InvalidRequestError for a block that the client has no word for.
 */
export function readContentBlock(given: ContentBlock): ChatContentPart {
  if (given.type === 'image_url') return readImageUrl(given.image_url)
  const [block = given]: Block[] = new HumanMessage({ content: [given] }).contentBlocks
  const { type, text } = block
  if ((type === 'text' || type === 'text-plain') && typeof text === 'string') return { type: 'text', text }
  if (type === 'image' || type === 'audio') return { type, ...readData(block) }
  if (type === 'file' || type === 'text-plain') {
    const { filename } = asBlock(block.file ?? block.metadata)
    return { type: 'file', ...readData(block), ...(typeof filename === 'string' && { filename }) }
  }
  throw cannotRead(type)
}

/** The text of a message; other blocks than text and thinking are only named in it. */
export function textOfBlocks(content: string | readonly ContentBlock[]): string {
  if (typeof content === 'string') return content
  return content
    .map(({ type, text }) => (typeof text === 'string' ? text : isCallOrThought(type) ? '' : `[${type}]`))
    .join('')
}

/** Calls and thoughts are read from elsewhere. */
function isCallOrThought(type: string): boolean {
  return ['reasoning', 'tool_call', 'tool_call_chunk', 'invalid_tool_call'].includes(type)
}

function readImageUrl(image: unknown): ChatContentPart {
  const { url, detail } = typeof image === 'string' ? { url: image } : asBlock(image)
  if (typeof url !== 'string') throw cannotRead('image_url')
  // Whether it is one of the words is for the client's one check to say.
  return { type: 'image', data: url, ...(detail !== undefined && { detail: detail as ImageDetail }) }
}

function readData(block: Block): { readonly data: string | Uint8Array; readonly mediaType?: string } {
  const { mimeType } = block
  const data = block.data ?? block.url ?? asBlock(block.file).file_data
  if (typeof data !== 'string' && !(data instanceof Uint8Array)) throw cannotRead(block.type)
  return { data, ...(typeof mimeType === 'string' && mimeType !== '' && { mediaType: mimeType }) }
}

function asBlock(value: unknown): Block {
  return typeof value === 'object' && value !== null ? (value as Block) : {}
}

function cannotRead(type: unknown): InvalidRequestError {
  return new InvalidRequestError(
    `Cannot read a content block of type "${String(type)}": it must be text, or an image, audio or a file with its data or its address`,
  )
}
