/** The conversations that components remember: those of one caller, and the transcript of one. */
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { readConversations } from '../api/conversations.ts'
import { Empty, Problem } from '../parts/notice.tsx'
import { Table } from '../parts/table.tsx'
import { overview } from '../state/overview.ts'
import { keepReading, resource } from '../state/resource.ts'
import { go, hrefOf, route } from '../state/route.ts'
import { count, dateTime } from '../text/format.ts'
import { TranscriptView } from './conversations/transcript.tsx'

const EVERY_MS = 5_000

export function ConversationsView() {
  const caller = route.value.query.get('caller') ?? 'anonymous'
  const [component, contextId] = route.value.path
  if (component !== undefined && contextId !== undefined) {
    return <TranscriptView key={`${caller} ${component} ${contextId}`} {...{ caller, component, contextId }} />
  }
  return <ConversationList key={caller} caller={caller} />
}

/** The address of the list, or of one conversation. */
function hrefFor(caller: string, path: readonly string[] = []): string {
  return hrefOf('conversations', path, new URLSearchParams({ caller }))
}

function ConversationList({ caller }: { readonly caller: string }) {
  const typed = useSignal(caller)
  const list = useMemo(() => resource(() => readConversations(caller)), [caller])
  useEffect(() => keepReading(list, EVERY_MS), [list])
  useEffect(() => void overview.read(), [])
  const callers = (overview.value.value?.callers ?? []).map(({ name }) => name)
  return (
    <>
      <h1 tabIndex={-1}>Conversations</h1>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault()
          go(hrefFor(typed.value.trim() || 'anonymous'))
        }}
      >
        <label>
          Caller
          <input
            list="callers"
            value={typed.value}
            onInput={({ currentTarget }) => (typed.value = currentTarget.value)}
          />
        </label>
        <datalist id="callers">
          {callers.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <button type="submit">Show</button>
      </form>
      <Problem text={list.problem.value} />
      {list.value.value?.length === 0 && (
        <Empty>
          Nothing is remembered for {caller}. A component with <code>history</code> remembers what is said under a
          context id.
        </Empty>
      )}
      {list.value.value !== undefined && list.value.value.length > 0 && (
        <section class="card">
          <Table
            caption={`Conversations of ${caller}`}
            columns={[
              {
                label: 'Conversation',
                cell: ({ component, contextId }) => <a href={hrefFor(caller, [component, contextId])}>{contextId}</a>,
              },
              { label: 'Component', cell: ({ component }) => component },
              { label: 'Turns', numeric: true, cell: ({ turns }) => count(turns) },
              { label: 'Last change', cell: ({ updated }) => dateTime(Date.parse(updated)) },
            ]}
            rows={list.value.value}
            keyOf={({ component, contextId }) => `${component} ${contextId}`}
          />
        </section>
      )}
    </>
  )
}
