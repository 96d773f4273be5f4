/** The `/` commands that say who answers. */
import { OFF, type SlashCommand, type SlashContext } from '../slash-command.ts'
import { chooseTarget, targetName } from '../target.ts'

/** `/component` and `/model`. */
export const targetCommands: readonly SlashCommand[] = [
  {
    name: '/component',
    operands: '[NAME[/MODEL]]',
    meaning: 'talk to another component; the conversation goes on',
    async run(name, { session, say }) {
      if (name !== '') {
        session.target = await chooseTarget(name, session.sidecar)
        say(`Talking to ${targetName(session.target)}.`)
      } else {
        const names = session.sidecar.components.map((known) => known.name)
        say(`Talking to ${targetName(session.target)}; there are ${names.join(', ')}.`)
      }
    },
    complete: (_, { sidecar }) => sidecar.components.map(({ name }) => name),
  },
  {
    name: '/model',
    operands: `[NAME | ${OFF}]`,
    meaning: `ask another model of the component; ${OFF} for the component's own`,
    run: switchModel,
    complete: () => [OFF],
  },
]

function switchModel(name: string, { session, say }: SlashContext): void {
  const { component, model } = session.target
  if (name === '') {
    say(model === undefined ? `The model is the one that ${component} has.` : `The model is ${model}.`)
    return
  }
  session.target = { component, ...(name !== OFF && { model: name }) }
  say(`Talking to ${targetName(session.target)}.`)
}
