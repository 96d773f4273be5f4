/**
 * The only place that decides about colour. `node:util` knows the rules: none where the stream is not a terminal,
 * `NO_COLOR` is set or `TERM` is `dumb`; always with `FORCE_COLOR`.
 */
import { styleText } from 'node:util'

/** Marks up text for one stream. */
export interface Style {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  warning(text: string): string
  bad(text: string): string
}

/** The style for what is written to `stream`. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  const as = (format: Parameters<typeof styleText>[0]) => (text: string) => styleText(format, text, { stream })
  return { bold: as('bold'), dim: as('dim'), good: as('green'), warning: as('yellow'), bad: as('red') }
}
