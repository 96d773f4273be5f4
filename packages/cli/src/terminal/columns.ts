/** Text in lines and columns that fit a window. The help and the commands that list things lay out their output with it. */

/** Output is read in windows of every size; longer lines would break within words. */
export const LINE_WIDTH = 100

/** Rows of two columns, the first as wide as its widest entry; what is too long for the second goes on below. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.flatMap(([left, right]) =>
    wrap(right, LINE_WIDTH - width - 4).map((line, index) => `  ${(index === 0 ? left : '').padEnd(width)}  ${line}`),
  )
}

/** Breaks a sentence into lines between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
