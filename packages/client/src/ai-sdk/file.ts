/** Files in what a user says: images, recordings and documents, as either major version of the AI SDK gives them. */
import type { LanguageModelV3FilePart, LanguageModelV4FilePart, SharedV4FileData } from '@ai-sdk/provider'
import type { ChatContentPart } from '../media.ts'
import type { ModelWarning } from './model-settings.ts'

/** The part as the client takes it; none, and a warning, where the client cannot carry it. */
export function readFile(
  part: LanguageModelV4FilePart | LanguageModelV3FilePart,
  warnings: ModelWarning[],
): ChatContentPart[] {
  const file = taggedData(part.data)
  if (file.type === 'text') return [{ type: 'text', text: file.text }]
  if (file.type === 'reference') {
    const details = `The sidecar has no files of its own that a reference could name: ${Object.keys(file.reference).join(', ')}`
    warnings.push({ type: 'unsupported', feature: 'file by reference', details })
    return []
  }
  const data = file.type === 'url' ? file.url : file.data
  const [kind = '', subtype = '*'] = part.mediaType.split('/')
  const isWhole = subtype !== '*'
  if (kind === 'image') {
    // The AI SDK names the types that it knows by their first bytes; vendors look for themselves as well.
    if (isWhole || file.type === 'url') return [{ type: 'image', data, ...(isWhole && { mediaType: part.mediaType }) }]
    return [{ type: 'image', data, mediaType: 'image/jpeg' }]
  }
  if (!isWhole && file.type !== 'url') {
    const details = `It must be a whole media type, such as audio/wav: current value is ${part.mediaType}`
    warnings.push({ type: 'unsupported', feature: 'media type of a file', details })
    return []
  }
  const mediaType = isWhole && { mediaType: part.mediaType }
  if (kind === 'audio') return [{ type: 'audio', data, ...mediaType }]
  return [{ type: 'file', data, ...mediaType, ...(part.filename !== undefined && { filename: part.filename }) }]
}

function taggedData(data: LanguageModelV4FilePart['data'] | LanguageModelV3FilePart['data']): SharedV4FileData {
  if (data instanceof URL) return { type: 'url', url: data }
  if (typeof data === 'string' || data instanceof Uint8Array) return { type: 'data', data }
  return data
}
