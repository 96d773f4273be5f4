/** The request log: a search, filters, and the rows, which go on while one looks. One request opens beside them. */
import type { CallState } from '@dapr-chat/protocol/console'
import { useComputed } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Problem } from '../parts/notice.tsx'
import { parseFilter, withToken } from '../state/call-filter.ts'
import { calls, hasMore, loading, problem, readOlder, show, watchLog } from '../state/call-log.ts'
import { logHref } from '../state/log-address.ts'
import { components } from '../state/overview.ts'
import { go, route } from '../state/route.ts'
import { count } from '../text/format.ts'
import { stateWords } from '../text/words.ts'
import { CallTable } from './requests/call-table.tsx'
import { RequestDialog } from './requests/request-dialog.tsx'

/** How long the search waits for somebody to stop typing, in milliseconds. */
const TYPING_MS = 250

let typing: ReturnType<typeof setTimeout> | undefined

export function RequestsView() {
  const search = useComputed(() => route.value.query.get('search') ?? '').value
  useEffect(watchLog, [])
  useEffect(() => show(search), [search])
  useEffect(() => void components.read(), [])
  const [id] = route.value.path
  const filter = parseFilter(search)
  return (
    <>
      <div class="bar">
        <h1 tabIndex={-1}>Requests</h1>
        <span class="soft">{count(calls.value.length)} shown</span>
      </div>
      <search class="filters">
        <label class="grow">
          Search
          <input
            type="search"
            value={search}
            placeholder="words, model:gpt*, code:timeout, >2s"
            onInput={({ currentTarget }) => {
              clearTimeout(typing)
              typing = setTimeout(() => find(currentTarget.value), TYPING_MS)
            }}
          />
        </label>
        <label>
          Component
          <select
            value={filter.component ?? ''}
            onChange={({ currentTarget }) => find(withToken(search, 'component', currentTarget.value))}
          >
            <option value="">all</option>
            {namesOf(filter.component).map((name) => (
              // Options that come later would otherwise win the selection.
              <option key={name} value={name} selected={name === filter.component}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          State
          <select
            value={filter.state ?? ''}
            onChange={({ currentTarget }) => find(withToken(search, 'state', currentTarget.value))}
          >
            <option value="">all</option>
            <option value="error">any error</option>
            {(Object.keys(stateWords) as CallState[]).map((state) => (
              <option key={state} value={state}>
                {stateWords[state]}
              </option>
            ))}
          </select>
        </label>
      </search>
      <Problem text={problem.value} />
      <CallTable calls={calls.value} search={search} />
      {hasMore.value && (
        <p>
          <button type="button" disabled={loading.value} onClick={() => void readOlder()}>
            {loading.value ? 'Reading…' : 'Older requests'}
          </button>
        </p>
      )}
      {id !== undefined && <RequestDialog id={id} calls={calls.value} search={search} />}
    </>
  )
}

function find(search: string): void {
  go(logHref(search), { replace: true })
}

function namesOf(chosen: string | undefined): readonly string[] {
  const conversing = (components.value.value ?? []).filter(({ type }) => type.startsWith('conversation.'))
  return Array.from(new Set([...conversing.map(({ name }) => name), ...(chosen === undefined ? [] : [chosen])]))
}
