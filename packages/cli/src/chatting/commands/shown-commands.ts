/** The `/` commands that show something: what the tokens came to, and the answer as JSON. */
import { answerJson } from '../../answer/answer-json.ts'
import { usageLine } from '../../terminal/usage-line.ts'
import { componentType } from '../component-type.ts'
import type { SlashCommand, SlashContext } from '../slash-command.ts'
import { targetName } from '../target.ts'
import { turnCount } from '../turn-count.ts'

/** `/usage` and `/json`. */
export const shownCommands: readonly SlashCommand[] = [
  { name: '/usage', operands: '', meaning: 'show the tokens of the conversation and of the last answer', run: usage },
  {
    name: '/json',
    operands: '',
    meaning: 'print the last answer as JSON',
    async run(_, { session: { last }, print, say }) {
      if (!last) return say('There is no answer yet.')
      await print(`${JSON.stringify(answerJson(last.target.component, last.result, false), null, 2)}\n`)
    },
  },
]

async function usage(_: string, { session, say }: SlashContext): Promise<void> {
  const conversation = await session.conversation()
  const { turns } = conversation.toJSON()
  const { usage: sum } = conversation
  const tokens = sum ? `${sum.prompt_tokens} in / ${sum.completion_tokens} out` : 'no tokens were reported'
  say(`This conversation: ${turnCount(turns)}, ${tokens}.`)
  const { last, sidecar } = session
  if (last) say(usageLine(targetName(last.target), last.result, componentType(sidecar, last.target.component)))
}
