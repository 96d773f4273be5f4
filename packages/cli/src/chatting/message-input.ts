/** Reads whole messages from the lines of a terminal or a pipe: what the user says, or a `/` command. */
import type { LineInput } from '../terminal/line-input.ts'
import { Draft } from './draft.ts'

/** What the user has entered. */
export interface Entry {
  readonly type: 'message' | 'command'
  readonly text: string
}

const CONTINUED = '... '

/** A command is one line that begins with a slash and a word; the path of a file is none. */
const COMMAND = /^\/[a-z?]*(?:\s|$)/i

/** The next message or command; `undefined` at the end of the input. */
export async function readEntry(input: LineInput, prompt: string): Promise<Entry | undefined> {
  let draft = new Draft()
  for (;;) {
    const line = await input.read(draft.isEmpty ? prompt : CONTINUED, !draft.isEmpty)
    if (line.type === 'discarded') {
      draft = new Draft()
      continue
    }
    if (line.type === 'end') {
      // A pipe may end within a message; whoever leaves a terminal there does not want it sent.
      const isLost = input.isTerminal || draft.text.trim() === ''
      return isLost ? undefined : { type: 'message', text: draft.text }
    }
    const { text, isPasted } = line
    if (draft.isEmpty && !isPasted && COMMAND.test(text.trim())) return { type: 'command', text: text.trim() }
    if (!draft.add(text, isPasted)) continue
    if (draft.text.trim() !== '') return { type: 'message', text: draft.text.trim() }
    draft = new Draft()
  }
}
