/** The first fenced block of an answer, for `ask --extract`. Fences are those of CommonMark, section 4.5. */

/** What stands in the first fenced block, or the whole text where there is none. A block that is not closed goes to the end. */
export function firstCodeBlock(text: string): string {
  const lines = text.split(/\r?\n/)
  const start = lines.findIndex((line) => fenceOf(line) !== undefined)
  const fence = fenceOf(lines[start] ?? '')
  if (fence === undefined) return text
  const indent = /^ */.exec(lines[start] ?? '')?.[0].length ?? 0
  const end = lines.findIndex((line, at) => at > start && closes(line, fence))
  return lines
    .slice(start + 1, end === -1 ? undefined : end)
    .map((line) => line.replace(new RegExp(`^ {0,${indent}}`), ''))
    .join('\n')
}

/** The fence that a line opens. A line of backticks with a backtick behind them is inline code. */
function fenceOf(line: string): string | undefined {
  const [, fence, info = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? []
  return fence?.startsWith('`') && info.includes('`') ? undefined : fence
}

function closes(line: string, fence: string): boolean {
  const [, closing] = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line) ?? []
  return closing !== undefined && closing[0] === fence[0] && closing.length >= fence.length
}
