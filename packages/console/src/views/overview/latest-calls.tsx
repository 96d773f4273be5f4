/** The latest requests, so that somebody sees their own at once. */
import { StateBadge } from '../../parts/badge.tsx'
import { Table } from '../../parts/table.tsx'
import { logHref } from '../../state/log-address.ts'
import { latest } from '../../state/overview.ts'
import { clockTime, duration, tokenCounts } from '../../text/format.ts'

export function LatestCalls() {
  const calls = latest.value
  if (calls === undefined || calls.length === 0) return null
  return (
    <section class="card">
      <Table
        caption="Latest requests"
        columns={[
          { label: 'Time', cell: ({ id, startedAt }) => <a href={logHref('', id)}>{clockTime(startedAt)}</a> },
          { label: 'State', cell: ({ state }) => <StateBadge state={state} /> },
          { label: 'Component', cell: ({ component }) => component },
          { label: 'Caller', cell: ({ caller }) => caller },
          { label: 'First token', numeric: true, cell: ({ timeToFirstTokenMs }) => duration(timeToFirstTokenMs) },
          { label: 'Duration', numeric: true, cell: ({ durationMs }) => duration(durationMs) },
          { label: 'Tokens', numeric: true, cell: ({ tokens }) => tokenCounts(tokens) },
        ]}
        rows={calls}
        keyOf={({ id }) => id}
      />
      <a href={logHref('')}>All requests</a>
    </section>
  )
}
