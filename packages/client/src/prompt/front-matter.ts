/** Takes a Prompty file apart: what is said about the prompt, as YAML between two lines of dashes, and the prompt itself. */
import { parse } from 'yaml'
import { PromptTemplateError } from '../errors.ts'
import { isObject } from '../schema/json-object.ts'

/** A file in its two parts. */
export interface PromptFile {
  /** The front matter; empty where there is none. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly body: string
}

/**
 * The parts of a file.
 * @param what the file, for errors.
 * @throws PromptTemplateError where the front matter does not end, or is no mapping.
 */
export function splitFrontMatter(text: string, what: string): PromptFile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  if (lines[0]?.trimEnd() !== '---') return { settings: {}, body: lines.join('\n') }
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---')
  if (end === -1) {
    throw new PromptTemplateError(
      `Cannot read ${what}: the front matter that begins in line 1 must end with a line "---"`,
    )
  }
  let settings: unknown
  try {
    settings = parse(lines.slice(1, end).join('\n')) ?? {}
  } catch (cause) {
    throw new PromptTemplateError(`Cannot read ${what}: the front matter must be YAML: ${(cause as Error).message}`, {
      cause,
    })
  }
  if (!isObject(settings)) throw new PromptTemplateError(`Cannot read ${what}: the front matter must be a mapping`)
  return { settings, body: lines.slice(end + 1).join('\n') }
}
