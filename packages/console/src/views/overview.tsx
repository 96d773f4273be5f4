/** The first page: what the sidecar did lately, in figures, charts and tables. */
import { adviceFor } from '@dapr-chat/protocol'
import type { ErrorCount } from '@dapr-chat/protocol/console'
import { useEffect } from 'preact/hooks'
import { Empty, Problem } from '../parts/notice.tsx'
import { Table } from '../parts/table.tsx'
import { logHref } from '../state/log-address.ts'
import {
  chooseWindow,
  components,
  latest,
  overview,
  overviewWindow,
  watchOverview,
  windows,
} from '../state/overview.ts'
import { count } from '../text/format.ts'
import { BigNumbers } from './overview/big-numbers.tsx'
import { Charts } from './overview/charts.tsx'
import { Groups } from './overview/groups.tsx'
import { LatestCalls } from './overview/latest-calls.tsx'
import { greeting, Welcome } from './overview/welcome.tsx'

export function OverviewView() {
  useEffect(watchOverview, [])
  const figures = overview.value.value
  const isEmpty =
    figures !== undefined && figures.totals.calls === 0 && figures.open === 0 && latest.value?.length === 0
  return (
    <>
      <div class="bar">
        <h1 tabIndex={-1}>Overview</h1>
        <div class="segments">
          {windows.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === overviewWindow.value}
              onClick={() => chooseWindow(each)}
            >
              <span class="visually-hidden">Last </span>
              {each}
            </button>
          ))}
        </div>
      </div>
      <Problem text={overview.problem.value} />
      {(isEmpty || greeting.value) && <Welcome />}
      {figures && !isEmpty && (
        <>
          <BigNumbers figures={figures} />
          <Charts overview={figures} />
          <LatestCalls />
          <Groups overview={figures} components={components.value.value ?? []} />
          <Errors errors={figures.errors} />
        </>
      )}
    </>
  )
}

function Errors({ errors }: { readonly errors: readonly ErrorCount[] }) {
  if (errors.length === 0) return <Empty>Nothing has gone wrong in this window.</Empty>
  return (
    <section class="card">
      <Table
        caption="Errors by kind"
        columns={[
          {
            label: 'Kind',
            cell: ({ code }) => <a href={logHref(`code:${code}`)}>{code}</a>,
          },
          { label: 'Requests', numeric: true, cell: ({ calls }) => count(calls) },
          { label: 'What to do', cell: ({ code }) => <span class="prose">{adviceFor(code)}</span> },
        ]}
        rows={errors}
        keyOf={({ code }) => code}
      />
    </section>
  )
}
