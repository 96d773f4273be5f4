/**
 * Tools declared in JSON: described as OpenAI describes a function, with `command`, the program that does the work. It
 * gets the arguments as JSON on stdin, and what it prints is the result.
 */
import { execFile } from 'node:child_process'
import { type Tool, type ToolContext, tool } from '@dapr-chat/client'

/** One declaration; `function` may hold the description, as in OpenAI's requests. */
interface Declaration {
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments. */
  readonly parameters?: Readonly<Record<string, never>>
  /** The program and its arguments. No shell reads them. */
  readonly command: readonly [string, ...string[]]
  /** Whether the user is asked before each run; `true` where it is not given. */
  readonly approval?: boolean
}

/** The most that a program may print, in bytes. */
const MAX_OUTPUT_BYTES = 1024 * 1024

/**
 * The tools of a parsed file: a list of declarations, or `{ tools: [...] }`.
 * @throws TypeError for a declaration that lacks something, and what `tool` throws.
 */
export function declaredTools(content: unknown): readonly Tool[] {
  const list = isRecord(content) ? content.tools : content
  if (!Array.isArray(list)) throw new TypeError('it must hold a list of tools, or { "tools": [...] }')
  return list.map((entry: unknown, at) => {
    const declaration = readDeclaration(entry, at)
    const { name, description, parameters = {}, approval = true } = declaration
    return tool({
      name,
      description,
      input: { type: 'object', ...parameters },
      needsApproval: approval,
      execute: (input, context) => runCommand(declaration, input, context),
    }) as Tool
  })
}

function readDeclaration(entry: unknown, at: number): Declaration {
  const { function: described, ...outer } = isRecord(entry) ? entry : {}
  const flat = { ...outer, ...(isRecord(described) ? described : {}) } as Partial<Declaration>
  const { name, description, parameters, command } = flat
  const where = `tool ${typeof name === 'string' ? `"${name}"` : at + 1}`
  if (typeof name !== 'string' || typeof description !== 'string') {
    throw new TypeError(`${where} must have a name and a description`)
  }
  if (parameters !== undefined && !isRecord(parameters))
    throw new TypeError(`parameters of ${where} must be JSON Schema`)
  const words: unknown = command
  if (!Array.isArray(words) || words.length === 0 || !words.every((word) => typeof word === 'string')) {
    throw new TypeError(`${where} must have a command that does the work, such as ["python3", "weather.py"]`)
  }
  return flat as Declaration
}

function runCommand({ command }: Declaration, input: unknown, { signal }: ToolContext): Promise<string> {
  const [program, ...words] = command
  return new Promise((resolve, reject) => {
    const child = execFile(program, words, { signal, maxBuffer: MAX_OUTPUT_BYTES }, (error, output, complaint) => {
      if (error) reject(new Error(complaint.trim() || error.message, { cause: error }))
      else resolve(output.trimEnd())
    })
    // A program that does not read its arguments may be gone already.
    child.stdin?.on('error', () => {})
    child.stdin?.end(JSON.stringify(input))
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
