/** Reads a file where there is a file system. Called by `Prompt.load`. */
import { UnsupportedFeatureError } from '../errors.ts'

/**
 * The text of a file. Node, Deno and Bun hand out their modules by name, so that no bundle for browsers has to leave an
 * import out.
 * @throws UnsupportedFeatureError in a browser; what the file system throws for a file that cannot be read.
 */
export async function readTextFile(path: string | URL): Promise<string> {
  const files = globalThis.process?.getBuiltinModule?.('node:fs/promises')
  if (files) return files.readFile(path, 'utf8')
  throw new UnsupportedFeatureError('Cannot load a prompt: there must be a file system: give its text to Prompt.parse')
}
