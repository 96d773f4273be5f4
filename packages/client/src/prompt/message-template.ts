/**
 * The messages of a prompt before any value is put in. Roles are read from the template and never from what is rendered:
 * a value that holds a line such as `system:` stays inside its message.
 */
import { Template } from '@huggingface/jinja'
import { PromptTemplateError } from '../errors.ts'
import { templateVariables } from './template-variables.ts'

/** A message whose content, and name, may hold `{{variables}}`. */
export interface PromptMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant'
  readonly content: string
  /** The participant's name. */
  readonly name?: string
}

/** The place where the messages of an earlier conversation go. */
export interface PromptHistory {
  /** The input that holds them. */
  readonly history: string
}

/** One piece of a prompt. */
export type PromptPart = PromptMessage | PromptHistory

/** One piece of a prompt, ready to be rendered. */
export type CompiledPart =
  | PromptHistory
  | { readonly role: PromptMessage['role']; readonly content: Template; readonly name: Template | undefined }

const marker = /^\s*#?\s*(system|developer|user|assistant)\s*(?:\[(.*)\])?\s*:\s*$/i
const renderedRole = /^\s*\{\{[^}]*(?:\.\s*role|\[\s*['"]role['"]\s*\])\s*-?\}\}\s*:\s*$/

/**
 * The parts of a prompt's text: lines such as `user:` or `user[name="Ann"]:` begin messages, and a line that is nothing
 * but the variable of a history is its place. What stands before the first of them is a system message.
 * @param histories the inputs that hold messages.
 * @throws PromptTemplateError for a role that is only known when rendered, and for an attribute that is not a name.
 */
export function splitMessages(body: string, histories: ReadonlySet<string>, what: string): PromptPart[] {
  const parts: PromptPart[] = []
  let role: PromptMessage['role'] = 'system'
  let name: string | undefined
  let lines: string[] = []
  const end = (marked: boolean) => {
    const content = lines
      .join('\n')
      .replace(/^(?:[ \t]*\n)+/, '')
      .trimEnd()
    lines = []
    if (content !== '' || marked) parts.push({ role, content, ...(name !== undefined && { name }) })
  }
  let marked = false
  for (const line of body.split('\n')) {
    const [, word, attributes] = marker.exec(line) ?? []
    const [, variable = ''] = /^\s*\{\{-?\s*(\w+)\s*-?\}\}\s*$/.exec(line) ?? []
    if (word !== undefined) {
      end(marked)
      role = word.toLowerCase() as PromptMessage['role']
      name = attributes === undefined ? undefined : readName(attributes, line, what)
      marked = true
    } else if (histories.has(variable)) {
      end(false)
      parts.push({ history: variable })
      marked = false
    } else if (renderedRole.test(line)) {
      throw new PromptTemplateError(
        `Cannot read ${what}: roles must be written in the template, so that no value can set one: current line is ${line.trim()}: declare the messages as an input of kind "thread" and put its variable on a line of its own`,
      )
    } else lines.push(line)
  }
  end(marked)
  return parts
}

/** @throws PromptTemplateError for a template that is not valid. */
export function compile(part: PromptPart, what: string): CompiledPart {
  if ('history' in part) return part
  const { role, content, name } = part
  return {
    role,
    content: compileText(content, role, what),
    name: name === undefined ? undefined : compileText(name, role, what),
  }
}

/** The variables that a part reads, and those of them that it copes without. */
export function partVariables(part: CompiledPart) {
  if ('history' in part) return []
  return [part.content, ...(part.name ? [part.name] : [])].map(templateVariables)
}

function compileText(text: string, role: string, what: string): Template {
  try {
    return new Template(text)
  } catch (cause) {
    const reason =
      cause instanceof SyntaxError || (cause as Error).message.startsWith('Parser')
        ? `: ${(cause as Error).message}`
        : ''
    throw new PromptTemplateError(
      `Cannot read ${what}: the template of the ${role} message must be valid Jinja, and a block must end in the message in which it begins${reason}`,
      { cause },
    )
  }
}

function readName(attributes: string, line: string, what: string): string {
  const [, quoted, bare] = /^\s*name\s*=\s*(?:"([^"]*)"|([^\s",]+))\s*$/.exec(attributes) ?? []
  const name = quoted ?? bare
  if (name !== undefined) return name
  throw new PromptTemplateError(
    `Cannot read ${what}: a role may have the attribute name and no other: current line is ${line.trim()}`,
  )
}
