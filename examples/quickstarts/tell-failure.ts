/** How the quickstarts say what went wrong: the error's own words, and what to do about it. */
import { DaprChatError } from '@dapr-chat/client'

/** Prints an error, with a line of advice where the client has one. @param what was being done, such as `Error in turn 1`. */
export function tellFailure(what: string, error: unknown): void {
  console.log(`❌ ${what}: ${error instanceof Error ? error.message : String(error)}`)
  if (error instanceof DaprChatError && error.hint !== undefined) console.log(`💡 ${error.hint}`)
}
