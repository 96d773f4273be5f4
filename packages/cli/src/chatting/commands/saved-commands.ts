/** The `/` commands for what was said: asking again, forgetting, and saved conversations. */
import { ExitError, exitCodes } from '../../exit-code.ts'
import { checkedName, type SavedConversations } from '../../saved/saved-conversations.ts'
import { columns } from '../../terminal/columns.ts'
import { excerpt } from '../../terminal/printable.ts'
import type { SlashCommand, SlashContext } from '../slash-command.ts'
import { turnCount } from '../turn-count.ts'

/** How many conversations are listed. */
const LISTED = 20

/** `/retry`, `/clear`, `/save`, `/load`, `/conversations` and `/delete`. */
export const savedCommands: readonly SlashCommand[] = [
  {
    name: '/retry',
    operands: '',
    meaning: 'ask the last question again, in place of its answer',
    run: (_, { retry }) => retry(),
  },
  {
    name: '/clear',
    operands: '',
    meaning: 'forget the conversation; a saved one stays saved',
    async run(_, { session, say }) {
      const { id, isNamed } = session
      await session.begin()
      say(isNamed ? `A new conversation begins; "${id}" stays saved.` : 'The conversation is forgotten.')
    },
  },
  {
    name: '/save',
    operands: 'NAME',
    meaning: 'keep the conversation under a name, and go on in it',
    run: save,
  },
  {
    name: '/load',
    operands: 'NAME',
    meaning: 'go on in a saved conversation',
    async run(id, { session, say }) {
      const stored = id === '' ? undefined : await session.saved.read(id)
      if (!stored) throw unknown(id)
      session.goTo(id)
      const question = stored.turns.at(-1)?.messages[0]?.content
      const last = typeof question === 'string' ? `, the last one: ${excerpt(question, 60)}` : ''
      say(`Going on in "${id}": ${turnCount(stored.turns)}${last}`)
    },
    complete: (_, { saved }) => names(saved),
  },
  {
    name: '/conversations',
    operands: '',
    meaning: 'list the saved conversations',
    run: list,
  },
  {
    name: '/delete',
    operands: 'NAME',
    meaning: 'delete a saved conversation',
    async run(id, { session, say }) {
      if (!(await names(session.saved)).includes(id)) throw unknown(id)
      await session.saved.store.delete(id)
      if (session.id === id) await session.begin()
      say(`"${id}" is deleted.`)
    },
    complete: (_, { saved }) => names(saved),
  },
]

async function save(given: string, { session, say }: SlashContext): Promise<void> {
  const id = checkedName(given)
  if ((await names(session.saved)).includes(id)) {
    throw new ExitError(exitCodes.usage, `Cannot save as "${id}": there is one already; /delete ${id} makes room`)
  }
  if (!(await session.saveAs(id))) {
    throw new ExitError(exitCodes.usage, 'Cannot save: something must have been said: nothing was yet')
  }
  say(`Saved as "${id}"; the conversation goes on there.`)
}

async function list(_: string, { session, say }: SlashContext): Promise<void> {
  const listed = (await session.saved.list()).slice(0, LISTED)
  if (listed.length === 0) return say('No conversation is saved.')
  const rows = await Promise.all(
    listed.map(async ({ id, changedAt }) => {
      const turns = (await session.saved.read(id))?.turns ?? []
      const first = turns[0]?.messages.find(({ role }) => role === 'user')?.content
      const about = excerpt(typeof first === 'string' ? first : (textOf(first) ?? ''), 50)
      const here = id === session.id ? ', this one' : ''
      return [id, `${date(changedAt)}, ${turnCount(turns)}${here}: ${about}`] as const
    }),
  )
  for (const line of columns(rows)) say(line)
}

function textOf(content: unknown): string | undefined {
  if (!Array.isArray(content)) return undefined
  return content.find((part) => part.type === 'text')?.text
}

/** In local time, to the minute. */
function date(milliseconds: number): string {
  const time = new Date(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000)
  return time.toISOString().slice(0, 16).replace('T', ' ')
}

async function names(saved: SavedConversations): Promise<readonly string[]> {
  return (await saved.list()).map(({ id }) => id)
}

function unknown(id: string): ExitError {
  const what = id === '' ? 'a name must be given' : `there is none of the name "${id}"`
  return new ExitError(exitCodes.usage, `Cannot find the conversation: ${what}; /conversations lists them`)
}
