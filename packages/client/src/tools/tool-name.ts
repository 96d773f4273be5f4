/** What a tool may be called. Checked when a tool is made, and for all tools before a question is sent. */
import { InvalidRequestError } from '../errors.ts'

/** @throws InvalidRequestError for a name that providers refuse. */
export function checkToolName(name: unknown): void {
  if (typeof name === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(name)) return
  throw new InvalidRequestError(
    `Cannot use a tool: its name must be 1 to 64 letters, digits, "_" or "-": current value is ${JSON.stringify(name)}`,
  )
}
