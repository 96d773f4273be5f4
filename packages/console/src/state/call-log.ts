/** The rows of the request log: those that the filter lets through, read in pages and kept new by the stream. */
import type { CallSummary } from '@dapr-chat/protocol/console'
import { signal } from '@preact/signals'
import { readCalls } from '../api/console.ts'
import { filterQuery, matches, parseFilter } from './call-filter.ts'
import { MAX_CALLS, mergeCalls } from './call-list.ts'
import { listen } from './live.ts'

/** How many rows are read at once. */
const PAGE = 500

export const calls = signal<readonly CallSummary[]>([])
/** Whether older ones can be read. */
export const hasMore = signal(false)
export const loading = signal(false)
export const problem = signal<string | undefined>()

let search = ''
let turn = 0

/** Shows what a search finds. */
export function show(wanted: string): void {
  search = wanted
  calls.value = calls.value.filter((call) => matches(call, parseFilter(search)))
  void read()
}

/** Reads the rows before the oldest one. */
export function readOlder(): Promise<void> {
  return read(calls.value.at(-1)?.id)
}

/** Keeps the rows new. The result ends it. */
export function watchLog(): () => void {
  return listen({
    changed(changes) {
      const filter = parseFilter(search)
      const gone = new Set(changes.filter((call) => !matches(call, filter)).map(({ id }) => id))
      const rows = gone.size === 0 ? calls.value : calls.value.filter(({ id }) => !gone.has(id))
      calls.value = mergeCalls(
        rows,
        changes.filter(({ id }) => !gone.has(id)),
      )
    },
    missed: () => void read(),
  })
}

async function read(before?: string): Promise<void> {
  const filter = parseFilter(search)
  const query = filterQuery(filter)
  query.set('limit', String(PAGE))
  if (before !== undefined) query.set('before', before)
  const current = ++turn
  loading.value = true
  try {
    const page = await readCalls(query)
    if (current !== turn) return
    const found = page.calls.filter((call) => matches(call, filter))
    calls.value = mergeCalls(calls.value, found)
    hasMore.value = page.more && calls.value.length < MAX_CALLS
    problem.value = undefined
  } catch (error) {
    if (current === turn) problem.value = error instanceof Error ? error.message : String(error)
  } finally {
    if (current === turn) loading.value = false
  }
}
