/** The `/` commands that say how the next questions are asked: instructions, options, images and tools. */
import { columns } from '../../terminal/columns.ts'
import { completePath } from '../complete-path.ts'
import { readImage } from '../image.ts'
import { settingRows } from '../question-options.ts'
import { OFF, type SlashCommand, type SlashContext } from '../slash-command.ts'
import { readToolsFile } from '../tools/tools-file.ts'

/** `/system`, `/set`, `/image` and `/tools`. */
export const questionCommands: readonly SlashCommand[] = [
  {
    name: '/system',
    operands: `[TEXT | ${OFF}]`,
    meaning: 'the instruction that goes before the conversation',
    run(text, { session, say }) {
      if (text !== '') session.system = text === OFF ? undefined : text
      say(session.system === undefined ? 'There is no instruction.' : `The instruction is: ${session.system}`)
    },
    complete: () => [OFF],
  },
  {
    name: '/set',
    operands: '[NAME [VALUE]]',
    meaning: 'set an option of the questions; without VALUE take it back; alone list them',
    run: set,
    complete: (argument) => (/\s/.test(argument) ? [] : settingRows.map(([name]) => name.replace('NAME', ''))),
  },
  {
    name: '/image',
    operands: `FILE-or-URL | ${OFF}`,
    meaning: 'send an image with the next question',
    async run(source, { session, say }) {
      if (source === OFF) session.images = []
      else if (source !== '') session.images = [...session.images, await readImage(source)]
      const { length } = session.images
      say(length === 0 ? 'No image waits.' : `${counted(length, 'image')} will go with the next question.`)
    },
    complete: completePath,
  },
  {
    name: '/tools',
    operands: `[FILE | ${OFF}]`,
    meaning: 'let the model use the tools of a module or a JSON file',
    async run(file, { session, say }) {
      if (file === OFF) session.tools = []
      else if (file !== '') {
        const added = await readToolsFile(file)
        const names = new Set(added.map(({ name }) => name))
        session.tools = [...session.tools.filter(({ name }) => !names.has(name)), ...added]
      }
      if (session.tools.length === 0) say('There are no tools.')
      else for (const line of columns(session.tools.map(({ name, description }) => [name, description]))) say(line)
    },
    complete: completePath,
  },
]

function set(argument: string, { session, say }: SlashContext): void {
  const [, name = '', value = ''] = /^(\S*)\s*(.*)$/s.exec(argument) ?? []
  const { options } = session
  if (name === '') {
    const given = new Map(options.entries)
    const others = settingRows.filter(([known]) => !given.has(known))
    for (const line of columns([...[...given].map(([key, text]) => [key, `is ${text}`] as const), ...others])) say(line)
  } else if (value !== '') {
    say(`${options.set(name, value)} is ${value}.`)
  } else {
    say(options.unset(name) ? `${name} is no longer set.` : `${name} is not set: /set ${name} VALUE sets it.`)
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
