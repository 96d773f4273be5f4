/** What a message of a request says, in words: its texts, and a mark for whatever is no text. The detail of a request shows it. */

/** A message in OpenAI's shape, as far as it is read. */
export interface SaidMessage {
  readonly role?: string
  readonly content?: unknown
  readonly tool_calls?: readonly { readonly function?: { readonly name?: string; readonly arguments?: string } }[]
}

interface SaidPart {
  readonly type?: string
  readonly text?: string
  readonly image_url?: { readonly url?: string }
}

/** The words, one piece to a line. */
export function wordsOf({ content, tool_calls = [] }: SaidMessage): string {
  const parts: readonly SaidPart[] = Array.isArray(content)
    ? content
    : [{ text: typeof content === 'string' ? content : '' }]
  const calls = tool_calls.map(({ function: called }) => `${called?.name}(${called?.arguments})`)
  return [...parts.map(partWords), ...calls].filter(Boolean).join('\n')
}

function partWords({ type = 'part', text, image_url: image }: SaidPart): string {
  if (text !== undefined) return text
  if (image === undefined) return `[${type}]`
  // The bytes of a picture say nothing to a reader.
  return image.url?.startsWith('data:') ? '[picture]' : `[picture: ${image.url}]`
}
