/** What `ask` asks: the words of the command line, text on stdin, or both. */
import type { ReadStream } from 'node:tty'
import { COMMAND } from './command-name.ts'
import { ExitError, exitCodes } from './exit-code.ts'

/** Standard input, as far as it matters here. */
export type Input = Pick<ReadStream, 'isTTY'> & AsyncIterable<Buffer | string>

/** After how long a pipe that brings nothing is mentioned, in milliseconds. */
const SILENCE_MS = 2_000

/**
 * The prompt. Text on stdin that is not a terminal stands before the words, so that `git diff | dapr-chat ask "Review"`
 * reads as it should. `-` alone means stdin only. A terminal is read for `-` alone, and with a notice.
 * @param notice is told what is being waited for.
 * @throws ExitError where there is nothing to ask.
 */
export async function readPrompt(
  words: readonly string[],
  input: Input,
  notice: (message: string) => void,
): Promise<string> {
  const isOnlyInput = words.length === 1 && words[0] === '-'
  const asked = isOnlyInput ? '' : words.join(' ')
  if (input.isTTY && !isOnlyInput) return required(asked)
  if (input.isTTY) notice('Type the prompt, then Ctrl-D on a line of its own.')
  const reminder = setTimeout(() => {
    if (!input.isTTY) notice('Waiting for text on stdin to end; redirect it from /dev/null if there is none.')
  }, SILENCE_MS)
  try {
    const text = await textOf(input)
    return required([text.trimEnd(), asked].filter((part) => part.trim() !== '').join('\n\n'))
  } finally {
    clearTimeout(reminder)
  }
}

async function textOf(input: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of input) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

function required(prompt: string): string {
  if (prompt.trim() !== '') return prompt
  throw new ExitError(exitCodes.usage, `Cannot ask: a prompt must be given, as in: ${COMMAND} ask "Tell me a story"`)
}
