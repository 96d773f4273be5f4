/**
 * Keeps conversations in a folder, one file of JSON lines for each. A write is one line that is appended at once: other
 * processes may write too, and of a process that dies while it writes at most its last line is lost.
 */
import { appendFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ConversationAddition,
  type ConversationStore,
  newestTurns,
  type StoredConversation,
} from '../conversation/store.ts'

/**
 * A store in a folder, which is made when the first conversation is. Its files are readable for their owner only.
 * @param folder where the files are.
 */
export function fileStore(folder: string): ConversationStore {
  // The id becomes a name that every file system takes and that leads to no other folder.
  const fileOf = (id: string) => join(folder, `${encodeURIComponent(id).replaceAll(/[.*]/g, escapeCharacter)}.jsonl`)
  return {
    async load(id, maxMessages, { signal } = {}) {
      const text = await readText(fileOf(id), signal)
      return text === undefined ? undefined : newestTurns(parseLines(text), maxMessages)
    },
    async append(id, addition, { signal } = {}) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      signal?.throwIfAborted()
      // The break in front ends a line that another process may have left unfinished.
      await appendFile(fileOf(id), `\n${JSON.stringify(addition)}\n`, { mode: 0o600 })
    },
    async delete(id) {
      await rm(fileOf(id), { force: true })
    },
  }
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

async function readText(file: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    return await readFile(file, { encoding: 'utf8', ...(signal && { signal }) })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function parseLines(text: string): StoredConversation {
  const additions = text.split('\n').flatMap(parseLine)
  const summary = additions.findLast((addition) => addition.summary)?.summary
  return { turns: additions.flatMap(({ turns = [] }) => turns), ...(summary && { summary }) }
}

/** One addition, or none: what cannot be read is a line whose writer died. */
function parseLine(line: string): ConversationAddition[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as ConversationAddition]
  } catch {
    return []
  }
}
