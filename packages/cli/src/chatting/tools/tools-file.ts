/**
 * Tools from a file that the user names: a module whose exports are tools, or a JSON file of declarations with the
 * program to run for each. Used by `ask --tools` and `/tools` in a chat.
 */
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { type Tool, tool } from '@dapr-chat/client'
import { ExitError, exitCodes } from '../../exit-code.ts'
import { userPath } from '../user-path.ts'
import { declaredTools } from './declared-tools.ts'

/**
 * The tools of a file. A module is run, which is as safe as the file.
 * @throws ExitError for a file that cannot be read or holds no tool.
 */
export async function readToolsFile(file: string): Promise<readonly Tool[]> {
  const path = userPath(file)
  try {
    const tools = path.endsWith('.json')
      ? declaredTools(JSON.parse(await readFile(path, 'utf8')))
      : exportedTools(await import(pathToFileURL(path).href))
    if (tools.length > 0) return tools
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ExitError(exitCodes.usage, `Cannot use tools of "${file}": ${reason}`, { cause: error })
  }
  throw new ExitError(
    exitCodes.usage,
    `Cannot use tools of "${file}": it must export at least one tool, made with tool() or as { name, description, input, execute }: there is none`,
  )
}

/** The tools of several files. */
export async function readToolsFiles(files: readonly string[] = []): Promise<readonly Tool[]> {
  return (await Promise.all(files.map(readToolsFile))).flat()
}

/** The tools among the exports of a module, each once; lists of tools count too. */
function exportedTools(exports: Readonly<Record<string, unknown>>): readonly Tool[] {
  const found = Object.values(exports).flat().filter(isToolLike)
  // Made anew, so that an object of the same shape is checked as `tool()` checks; a module need not import the client.
  return [...new Set(found)].map((like) => tool(like) as Tool)
}

type ToolLike = Parameters<typeof tool>[0]

function isToolLike(value: unknown): value is ToolLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'input' in value &&
    'execute' in value &&
    typeof value.execute === 'function'
  )
}
