/** `dapr-chat ask`: one question, one answer. The answer goes to stdout and everything else to stderr. */
import type { ChatMessage, ChatResult, ChatStream } from '@dapr-chat/client'
import type { FlagValues } from '../arguments/flag.ts'
import { chooseComponent } from '../component-choice.ts'
import { loadEnvironment } from '../environment.ts'
import { exitCodes } from '../exit-code.ts'
import { readPrompt } from '../prompt.ts'
import { openSidecar } from '../sidecar-access.ts'
import { Interruption } from '../terminal/interruption.ts'
import { write } from '../terminal/output.ts'
import { styleFor } from '../terminal/style.ts'
import { usageLine } from '../terminal/usage-line.ts'
import type { askFlags } from './table.ts'

/**
 * Asks and prints.
 * @throws ExitError for what the caller did wrong, and the client's errors for what failed.
 */
export async function ask(values: FlagValues<typeof askFlags>, words: readonly string[]): Promise<number> {
  const prompt = await readPrompt(words, process.stdin, (message) => process.stderr.write(`${message}\n`))
  const { variables } = await loadEnvironment(process.env, process.cwd())
  using interruption = new Interruption()
  await using sidecar = await openSidecar(variables)
  const component = chooseComponent(values.component ?? (variables.DAPR_LLM_COMPONENT_DEFAULT || undefined), sidecar)
  const client = sidecar.connect(component)
  const messages: ChatMessage[] = [{ role: 'user', content: prompt }]
  if (values.system !== undefined) messages.unshift({ role: 'system', content: values.system })

  const { signal } = interruption
  const printer = new AnswerPrinter()
  try {
    const result = values['no-stream']
      ? await client.generate(messages, { signal })
      : await streamed(client.generateStream(messages, { signal }), values.json ? undefined : printer)
    if (values.json) {
      await write(process.stdout, `${JSON.stringify(asJson(component, result))}\n`)
    } else {
      await printer.complete(result)
      printFacts(component, result)
    }
    return result.finishReason === 'content_filter' ? exitCodes.contentFiltered : exitCodes.ok
  } catch (error) {
    await printer.endLine()
    if (interruption.exitCode !== undefined) return interruption.exitCode
    throw error
  }
}

/** Reads a stream to its end, and shows it as it comes where there is a printer. */
async function streamed(stream: ChatStream, printer: AnswerPrinter | undefined): Promise<ChatResult> {
  if (printer) for await (const text of stream.textStream) await printer.add(text)
  return stream.result
}

/** Keeps track of what stands on stdout, so that the shell's next prompt begins a line. */
class AnswerPrinter {
  #last = '\n'
  #isEmpty = true

  async add(text: string): Promise<void> {
    if (text === '') return
    this.#last = text.at(-1) ?? '\n'
    this.#isEmpty = false
    await write(process.stdout, text)
  }

  /** Adds what was not streamed: a whole answer, or the words of a refusal. */
  async complete({ text, choices }: ChatResult): Promise<void> {
    if (this.#isEmpty) await this.add(text || choices[0].message.refusal || '')
    await this.endLine()
  }

  async endLine(): Promise<void> {
    if (this.#last !== '\n') await write(process.stdout, '\n')
    this.#last = '\n'
  }
}

function printFacts(component: string, result: ChatResult): void {
  const style = styleFor(process.stderr)
  const cuts: Readonly<Record<string, string>> = {
    length: 'The answer was cut: the token limit was reached.',
    content_filter: 'The answer was cut by a content filter.',
  }
  const cut = cuts[result.finishReason]
  if (cut !== undefined) process.stderr.write(`${style.warning(cut)}\n`)
  if (process.stderr.isTTY) process.stderr.write(`${style.dim(usageLine(component, result))}\n`)
}

/** The answer in OpenAI's shape, with what this command knows beyond it. */
function asJson(component: string, { id, object, created, model, choices, usage, metrics }: ChatResult): object {
  const { streaming, timeToFirstChunkMs, durationMs } = metrics
  const timings = { first_ms: timeToFirstChunkMs, total_ms: durationMs }
  return { id, object, created, model, choices, usage, component, streaming, timings }
}
