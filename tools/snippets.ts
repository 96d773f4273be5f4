/** Finds the fenced code blocks of a Markdown page, with what `check-snippets.ts` has to know about each. */

/** A fenced code block. */
export interface Snippet {
  /** The page it stands on, as a path from the repository's root. */
  readonly page: string
  /** The line of its first line of code, counted from 1. */
  readonly line: number
  /** The first word behind the fence: `ts`, `sh`, `yaml`, `json`; empty when there is none. */
  readonly language: string
  /** Whether `<!-- run -->` stands before the fence, with nothing but empty lines between. */
  readonly run: boolean
  /** Why it is not run, where `<!-- not run: REASON -->` stands there in its place. */
  readonly notRun?: string
  /** Its text, without the indentation that a list gave it. */
  readonly code: string
}

const fence = /^(\s*)(`{3,}|~{3,})\s*([\w-]*)/

/** The code blocks of one page, in order. A fence that is never closed reaches to the end of the page. */
export function snippetsOf(page: string, text: string): Snippet[] {
  const lines = text.split(/\r?\n/)
  const snippets: Snippet[] = []
  for (let index = 0; index < lines.length; index++) {
    const [, indent = '', marks = '', language = ''] = fence.exec(lines[index] ?? '') ?? []
    if (marks === '') continue
    const start = index + 1
    const mark = lastWords(lines.slice(0, index))
    const run = mark === '<!-- run -->'
    const [, notRun] = /^<!-- not run: (.+) -->$/.exec(mark ?? '') ?? []
    do index++
    while (index < lines.length && !closes(lines[index] ?? '', marks))
    const code = lines
      .slice(start, index)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()))
      .join('\n')
    snippets.push({
      page,
      line: start + 1,
      language: language.toLowerCase(),
      run,
      ...(notRun !== undefined && { notRun }),
      code: `${code}\n`,
    })
  }
  return snippets
}

function closes(line: string, marks: string): boolean {
  const end = line.trim()
  return end.startsWith(marks) && end === marks.charAt(0).repeat(end.length)
}

function lastWords(lines: readonly string[]): string | undefined {
  return lines.findLast((line) => line.trim() !== '')?.trim()
}
