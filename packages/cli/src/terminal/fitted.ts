/** Text that fits a number of columns, whatever it holds. `top` cuts its lines with it. */
import { stripVTControlCharacters } from 'node:util'

/** How many columns a text takes, apart from its colours. */
export function visibleWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length
}

/** Cuts a text to a width, and takes its colours off. */
export function fitted(text: string, width: number): string {
  const plain = [...stripVTControlCharacters(text)]
  return plain.length <= width ? plain.join('') : `${plain.slice(0, Math.max(0, width - 1)).join('')}…`
}
