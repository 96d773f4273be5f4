/**
 * How the command is written wherever it tells somebody to type it. In a clone, and in a project that has the package,
 * `dapr-chat` alone is not on the `PATH`; with `npx` it is found there and everywhere else.
 */
export const COMMAND = 'npx dapr-chat'

/** A word as a shell takes it for one, whatever is in it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
