/**
 * The only place that decides about colour. `node:util` knows the rules: none where the stream is not a terminal,
 * `NO_COLOR` is set or `TERM` is `dumb`; always with `FORCE_COLOR`, and here also with `CLICOLOR_FORCE`.
 */
import { styleText } from 'node:util'

/** Switches colour off for this process, whatever the environment says: what `--no-color` is for. */
export function switchOffColour(): void {
  process.env.NO_COLOR = '1'
  delete process.env.FORCE_COLOR
  delete process.env.CLICOLOR_FORCE
}

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
  // The other name for it, which node:util does not know.
  const isForced = !['', '0', undefined].includes(process.env.CLICOLOR_FORCE) && !process.env.NO_COLOR
  const options = isForced ? { stream, validateStream: false } : { stream }
  const as = (format: Parameters<typeof styleText>[0]) => (text: string) => styleText(format, text, options)
  return { bold: as('bold'), dim: as('dim'), good: as('green'), warning: as('yellow'), bad: as('red') }
}
