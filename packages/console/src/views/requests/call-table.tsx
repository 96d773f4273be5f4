/**
 * The rows of the log. Only those that can be seen are in the document, so that thousands scroll smoothly; the rows above and
 * below are two rows of the height that is missing. `j` and `k` go down and up, Enter opens.
 */
import type { CallSummary } from '@dapr-chat/protocol/console'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { StateBadge } from '../../parts/badge.tsx'
import { Empty } from '../../parts/notice.tsx'
import { logHref } from '../../state/log-address.ts'
import { go } from '../../state/route.ts'
import { callCost, clockTime, duration, tokenCounts } from '../../text/format.ts'

/** The height of a row in pixels; the style sheet says the same. */
const ROW = 36

/** Rows beyond the edges, so that quick scrolling shows no gaps. */
const BEYOND = 10

interface CallTableProps {
  readonly calls: readonly CallSummary[]
  readonly search: string
}

export function CallTable({ calls, search }: CallTableProps) {
  const place = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(600)
  const wanted = useRef<string | undefined>(undefined)
  useKeptPlace(place, calls)
  useEffect(() => {
    const element = place.current
    if (!element) return
    const observer = new ResizeObserver(() => setHeight(element.clientHeight))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  // A row that was scrolled to is there only after it was drawn.
  useLayoutEffect(() => {
    const row = wanted.current && place.current?.querySelector<HTMLElement>(`[data-call="${wanted.current}"] a`)
    if (!row) return
    wanted.current = undefined
    row.focus({ preventScroll: true })
  })

  const first = Math.max(0, Math.floor(top / ROW) - BEYOND)
  const last = Math.min(calls.length, Math.ceil((top + height) / ROW) + BEYOND)

  function onKeyDown(event: KeyboardEvent) {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key]
    const element = place.current
    if (step === undefined || !element || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const id = (event.target as HTMLElement).closest<HTMLElement>('[data-call]')?.dataset.call
    const from = calls.findIndex((call) => call.id === id)
    const index = from === -1 ? 0 : Math.max(0, Math.min(calls.length - 1, from + step))
    wanted.current = calls[index]?.id
    const y = index * ROW
    if (y < element.scrollTop) element.scrollTop = y
    else if (y + 2 * ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = y + 2 * ROW - element.clientHeight
    setTop(element.scrollTop)
    const row = element.querySelector<HTMLElement>(`[data-call="${wanted.current}"] a`)
    if (row) {
      wanted.current = undefined
      row.focus({ preventScroll: true })
    }
  }

  return (
    <section
      ref={place}
      class="scroll log"
      aria-label="Requests, table"
      aria-keyshortcuts="j k Enter"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <table aria-rowcount={calls.length + 1}>
        <caption class="visually-hidden">Requests, the newest first. j and k go down and up, Enter opens.</caption>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">Time</th>
            <th scope="col">State</th>
            <th scope="col">Component</th>
            <th scope="col" class="wide">
              Model
            </th>
            <th scope="col" class="wide">
              Caller
            </th>
            <th scope="col" class="numeric middling">
              First token
            </th>
            <th scope="col" class="numeric">
              Duration
            </th>
            <th scope="col" class="numeric middling">
              Tokens
            </th>
            <th scope="col" class="numeric wide">
              Cost
            </th>
            <th scope="col" class="wide">
              Ended with
            </th>
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Gap rows={first} />}
          {calls.slice(first, last).map((call, index) => (
            <CallRow key={call.id} call={call} search={search} rowIndex={first + index + 2} />
          ))}
          {last < calls.length && <Gap rows={calls.length - last} />}
        </tbody>
      </table>
      {calls.length === 0 && (
        <Empty>{search === '' ? 'Nothing has been asked yet.' : 'No request is like that.'}</Empty>
      )}
    </section>
  )
}

/** Keeps the rows that are looked at where they are when others come in above. */
function useKeptPlace(place: { readonly current: HTMLDivElement | null }, calls: readonly CallSummary[]): void {
  const before = useRef(calls)
  useLayoutEffect(() => {
    const element = place.current
    const previous = before.current
    before.current = calls
    if (!element || previous === calls || element.scrollTop < ROW) return
    const index = Math.floor(element.scrollTop / ROW)
    const id = previous[index]?.id
    const now = calls.findIndex((call) => call.id === id)
    if (now !== -1) element.scrollTop += (now - index) * ROW
  }, [calls])
}

function Gap({ rows }: { readonly rows: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <tr aria-hidden="true" class="gap">
      <td colSpan={10} style={{ height: `${rows * ROW}px` }} />
    </tr>
  )
}

interface CallRowProps {
  readonly call: CallSummary
  readonly search: string
  readonly rowIndex: number
}

function CallRow({ call, search, rowIndex }: CallRowProps) {
  const { id, startedAt, state, component, model, caller, timeToFirstTokenMs, durationMs, tokens } = call
  const href = logHref(search, id)
  return (
    <tr data-call={id} aria-rowindex={rowIndex} onClick={() => go(href)}>
      <th scope="row">
        <a href={href}>{clockTime(startedAt)}</a>
      </th>
      <td>
        <StateBadge state={state} />
      </td>
      <td>{component}</td>
      <td class="wide">{model}</td>
      <td class="wide">{caller}</td>
      <td class="numeric middling">{duration(timeToFirstTokenMs)}</td>
      <td class="numeric">{duration(durationMs)}</td>
      <td class="numeric middling">{tokenCounts(tokens)}</td>
      <td class="numeric wide">{state === 'running' ? '' : callCost(call)}</td>
      <td class="wide">{call.error?.code ?? call.finishReason}</td>
    </tr>
  )
}
