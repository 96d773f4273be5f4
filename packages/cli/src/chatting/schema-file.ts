/** The shape of an answer from a file, for `ask --schema`. */
import { readFile } from 'node:fs/promises'
import { type OutputSpec, object } from '@dapr-chat/client'
import { ExitError, exitCodes } from '../exit-code.ts'
import { userPath } from './user-path.ts'

/**
 * Reads a JSON Schema.
 * @throws ExitError for a file that cannot be read, and for what is no schema of an object.
 */
export async function readSchema(file: string): Promise<OutputSpec<unknown>> {
  try {
    return object(JSON.parse(await readFile(userPath(file), 'utf8')))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ExitError(
      exitCodes.usage,
      `Cannot use the schema of "${file}": it must be JSON Schema of an object: ${reason}`,
      { cause: error },
    )
  }
}
