/** A message written in the user's editor, for `/edit` in a chat. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExitError, exitCodes } from '../exit-code.ts'

/**
 * Opens the editor of VISUAL or EDITOR on an empty file, and waits until it is closed.
 * @returns what was written; empty where nothing was.
 * @throws ExitError where there is no editor, or it fails.
 */
export function writeInEditor(): string {
  const command = process.env.VISUAL || process.env.EDITOR
  if (!command)
    throw new ExitError(exitCodes.usage, 'Cannot edit: VISUAL or EDITOR must name an editor: both are empty')
  const folder = mkdtempSync(join(tmpdir(), 'dapr-chat-'))
  try {
    const file = join(folder, 'message.md')
    writeFileSync(file, '', { mode: 0o600 })
    // Users put flags into these variables, as in EDITOR="code --wait".
    const [program = command, ...flags] = command.split(/\s+/)
    const { error, status } = spawnSync(program, [...flags, file], { stdio: 'inherit' })
    if (error || status !== 0) {
      const reason = error?.message ?? `it ended with ${status}`
      throw new ExitError(exitCodes.failure, `Cannot edit with "${command}": it must end well: ${reason}`)
    }
    return readFileSync(file, 'utf8').trim()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
