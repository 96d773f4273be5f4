/** `dapr-chat ask`: one question, one answer. The answer goes to stdout and everything else to stderr. */
import type { ChatResult, ChatStream } from '@dapr-chat/client'
import { answerJson, endJson, errorJson, eventJson } from '../answer/answer-json.ts'
import { AnswerView } from '../answer/answer-view.ts'
import { firstCodeBlock } from '../answer/code-block.ts'
import { cutNotice } from '../answer/cut-notice.ts'
import type { FlagValues } from '../arguments/flag.ts'
import { approver } from '../chatting/approval.ts'
import { componentType } from '../chatting/component-type.ts'
import { questionOf, readImage } from '../chatting/image.ts'
import { naming } from '../chatting/naming.ts'
import { readOptions } from '../chatting/question-options.ts'
import { readSchema } from '../chatting/schema-file.ts'
import { TOOL_STEPS } from '../chatting/session.ts'
import { chooseTarget, targetName } from '../chatting/target.ts'
import { readToolsFiles } from '../chatting/tools/tools-file.ts'
import { loadEnvironment } from '../environment.ts'
import { ExitError, exitCodes } from '../exit-code.ts'
import { exitCodeOf } from '../failure.ts'
import { readPrompt } from '../prompt.ts'
import { choosePlace, keepsByItself, savedConversations } from '../saved/conversation-place.ts'
import { openSidecar } from '../sidecar-access.ts'
import { askOnTerminal } from '../terminal/ask-on-terminal.ts'
import { Interruption } from '../terminal/interruption.ts'
import { write } from '../terminal/output.ts'
import { styleFor, switchOffColour } from '../terminal/style.ts'
import { usageLine } from '../terminal/usage-line.ts'
import { whileWaiting } from '../terminal/while-waiting.ts'
import type { askFlags } from './talk-flags.ts'

type AskValues = FlagValues<typeof askFlags>

/**
 * Asks and prints.
 * @throws ExitError for what the caller did wrong, and the client's errors for what failed.
 */
export async function ask(values: AskValues, words: readonly string[]): Promise<number> {
  if (values['no-color']) switchOffColour()
  const form = answerForm(values)
  const options = readOptions(values.option).options
  const output = values.schema === undefined ? undefined : await readSchema(values.schema)
  const tools = await readToolsFiles(values.tools)
  const images = await Promise.all((values.image ?? []).map(readImage))
  const notice = (message: string) => values.quiet || process.stderr.write(`${message}\n`)
  const prompt = await readPrompt(words, process.stdin, notice)
  const { variables } = await loadEnvironment(process.env, process.cwd())
  const saved = savedConversations(variables)
  const keeps = keepsByItself(variables, saved)
  const { id, store } = await choosePlace({ saved, keeps, cid: values.cid, continue: values.continue })
  using interruption = new Interruption()
  const opening = openSidecar(variables)
  await using sidecar = await (values.quiet ? opening : whileWaiting('opening a sidecar', opening))
  const named = values.component ?? (variables.DAPR_LLM_COMPONENT_DEFAULT || undefined)
  const target = await chooseTarget(named, sidecar, (component) => naming(component, variables))
  const conversation = sidecar
    .connect(target.component)
    .conversation({ id, store, ...(values.system !== undefined && { system: values.system }) })
  const style = styleFor(process.stderr)
  const view = new AnswerView({
    style,
    label: targetName(target),
    isQuiet: values.quiet === true,
    showsText: form === 'text',
    ...(form === 'jsonl' && {
      onEvent: async (event) => {
        const line = eventJson(event)
        if (line) await writeJson(line)
      },
    }),
  })
  try {
    const stream: ChatStream<unknown> = conversation.stream(questionOf(prompt, images), {
      ...(tools.length > 0 && {
        tools,
        maxSteps: TOOL_STEPS,
        approve: approver(askOnTerminal(style), (id) => view.untilShown(id)),
      }),
      ...(values['no-stream'] && { streaming: 'off' }),
      ...target,
      ...options,
      ...(output && { output }),
      signal: interruption.signal,
    })
    const result = await view.show(stream)
    await view.endLine()
    await printWhole(form, target.component, result)
    tellFacts(result)
    return result.finishReason === 'content_filter' ? exitCodes.contentFiltered : exitCodes.ok
  } catch (error) {
    await view.endLine()
    const exitCode = interruption.exitCode ?? exitCodeOf(error)
    if (form === 'jsonl') await writeJson(errorJson(error, exitCode))
    if (interruption.exitCode !== undefined) return exitCode
    throw error
  }

  function tellFacts(result: ChatResult<unknown>): void {
    const cut = cutNotice(result)
    if (cut !== undefined && !values.quiet) process.stderr.write(`${style.warning(cut)}\n`)
    if (!(values.usage ?? (process.stderr.isTTY && !values.quiet))) return
    const type = componentType(sidecar, target.component)
    process.stderr.write(`${style.dim(usageLine(targetName(target), result, type))}\n`)
  }
}

/** What is printed: the text as it comes, one value at the end, or events. */
type AnswerForm = 'text' | 'extract' | 'value' | 'json' | 'jsonl'

function answerForm(values: AskValues): AnswerForm {
  const given = (['json', 'jsonl', 'extract'] as const).filter((name) => values[name])
  if (given.length > 1) {
    throw new ExitError(
      exitCodes.usage,
      `Cannot print the answer: it must have one form: current flags are ${given.map((name) => `--${name}`).join(' and ')}`,
    )
  }
  if (values.extract && values.schema !== undefined) {
    throw new ExitError(exitCodes.usage, 'Cannot use --extract beside --schema: the value is printed as it is')
  }
  return given[0] ?? (values.schema === undefined ? 'text' : 'value')
}

/** What is only known when the answer is whole. */
async function printWhole(form: AnswerForm, component: string, result: ChatResult<unknown>): Promise<void> {
  const hasOutput = 'output' in result
  switch (form) {
    case 'text':
      return
    case 'extract':
      return write(process.stdout, `${firstCodeBlock(result.text)}\n`)
    case 'value':
      return write(process.stdout, `${JSON.stringify(result.output, null, 2)}\n`)
    case 'json':
      return writeJson(answerJson(component, result, hasOutput))
    case 'jsonl':
      return writeJson(endJson(result, hasOutput))
  }
}

function writeJson(line: object): Promise<void> {
  return write(process.stdout, `${JSON.stringify(line)}\n`)
}
