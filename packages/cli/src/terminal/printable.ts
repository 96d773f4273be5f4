/**
 * Text of a model on its way to a terminal. What a model writes may not move the cursor, rename the window or fill the
 * clipboard, so control characters become visible. Text for a file or a pipe stays as it is.
 */

/** The text with nothing in it that a terminal obeys, except line breaks and tabs. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\t\n]/gu, picture)
}

/** One line of at most `width` characters, for what is only to be recognised. */
export function excerpt(text: string, width: number): string {
  const line = printable(text.replaceAll(/\s+/g, ' ').trim())
  const characters = [...line]
  return characters.length <= width ? line : `${characters.slice(0, Math.max(width - 3, 0)).join('')}...`
}

/** Unicode has pictures of the first 32 and of delete. */
function picture(character: string): string {
  const code = character.charCodeAt(0)
  if (character === '\r') return ''
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '\u2421' : '\ufffd'
}
