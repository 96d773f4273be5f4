/** `dapr-chat chat`: a conversation in the terminal, or turn by turn from a pipe. */
import { join } from 'node:path'
import type { FlagValues } from '../arguments/flag.ts'
import { approver } from '../chatting/approval.ts'
import { ChatLoop } from '../chatting/chat-loop.ts'
import { naming } from '../chatting/naming.ts'
import { readOptions } from '../chatting/question-options.ts'
import { ChatSession } from '../chatting/session.ts'
import { chooseTarget } from '../chatting/target.ts'
import { readToolsFiles } from '../chatting/tools/tools-file.ts'
import { loadEnvironment } from '../environment.ts'
import { choosePlace, keepsByItself, savedConversations } from '../saved/conversation-place.ts'
import { remembers, stateFolder } from '../saved/state-folder.ts'
import { openSidecar } from '../sidecar-access.ts'
import { HistoryFile } from '../terminal/history-file.ts'
import { switchOffColour } from '../terminal/style.ts'
import { whileWaiting } from '../terminal/while-waiting.ts'
import type { chatFlags } from './talk-flags.ts'

/**
 * Talks until the user leaves or the pipe ends.
 * @throws ExitError for what the caller did wrong; from a pipe also the client's errors, which end the conversation.
 */
export async function chat(values: FlagValues<typeof chatFlags>): Promise<number> {
  if (values['no-color']) switchOffColour()
  const options = readOptions(values.option)
  const tools = await readToolsFiles(values.tools)
  const { variables } = await loadEnvironment(process.env, process.cwd())
  const isPerson = process.stdin.isTTY === true && process.stderr.isTTY === true
  const saved = savedConversations(variables)
  const keeps = isPerson && keepsByItself(variables, saved)
  const place = await choosePlace({ saved, keeps, cid: values.cid, continue: values.continue })
  await using sidecar = await whileWaiting('opening a sidecar', openSidecar(variables))
  const named = values.component ?? (variables.DAPR_LLM_COMPONENT_DEFAULT || undefined)
  const [first, ...others] = sidecar.components
  // A person sees the choice and can change it at once; a script would be answered by a guess.
  const isChosen = isPerson && named === undefined && others.length > 0
  const target = await chooseTarget(isChosen ? first?.name : named, sidecar, (name) => naming(name, variables))
  if (isChosen) {
    const names = others.map(({ name }) => name).join(', ')
    process.stderr.write(`No component was named, so this begins with the first; /component changes to ${names}.\n`)
  }
  const file = new HistoryFile(isPerson && remembers(variables) ? join(stateFolder(variables), 'history') : undefined)
  const loop = new ChatLoop({ history: file.read(), onLine: (line) => file.add(line) }, values.usage)
  const approve = approver(isPerson ? loop.askUser : undefined, loop.untilShown)
  const session = new ChatSession({
    ...{ sidecar, target, system: values.system, options, tools, place, saved, keeps, approve },
  })
  // Awaited here: the sidecar is closed when this function is left.
  return await loop.run(session)
}
