/** The figures by component, by model and by caller. */
import type { ComponentView, Overview, OverviewGroup } from '@dapr-chat/protocol/console'
import { Badge } from '../../parts/badge.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { logHref } from '../../state/log-address.ts'
import { cost, count, percentiles, rate, share, UNKNOWN } from '../../text/format.ts'
import { clockWords } from '../../text/words.ts'

/** How many rows each table has at most. */
const MOST = 8

const figures: readonly Column<OverviewGroup>[] = [
  { label: 'Requests', numeric: true, cell: ({ calls }) => count(calls) },
  {
    label: 'Failed',
    numeric: true,
    cell: ({ failed, calls }) => (failed === 0 ? '0' : `${count(failed)} (${share(failed, calls)})`),
  },
  { label: 'Latency p50, p95, p99', numeric: true, cell: ({ latency }) => percentiles(latency) },
  { label: 'First token p50, p95, p99', numeric: true, cell: ({ timeToFirstToken }) => percentiles(timeToFirstToken) },
  { label: 'Tokens/s', numeric: true, cell: ({ tokensPerSecond }) => rate(tokensPerSecond) },
  { label: 'Tokens in', numeric: true, cell: ({ inputTokens }) => count(inputTokens) },
  { label: 'Tokens out', numeric: true, cell: ({ outputTokens }) => count(outputTokens) },
  { label: 'Cache', numeric: true, cell: ({ cacheHits, calls }) => share(cacheHits, calls) },
  { label: 'Cost', numeric: true, cell: ({ costUsd, unpriced }) => cost(costUsd, unpriced) },
]

interface GroupsProps {
  readonly overview: Overview
  readonly components: readonly ComponentView[]
}

export function Groups({ overview, components }: GroupsProps) {
  const known = new Map(components.map((component) => [component.name, component]))
  const states: readonly Column<OverviewGroup>[] = [
    { label: 'Breaker', cell: ({ name }) => <Breaker state={known.get(name)?.breaker} /> },
    { label: 'Clocks', cell: ({ name }) => <Clocks clocks={known.get(name)?.clocks} /> },
  ]
  return (
    <>
      <Group what="component" groups={overview.components} columns={[...states, ...figures]} />
      <Group what="model" groups={overview.models} columns={figures} />
      <Group what="caller" groups={overview.callers} columns={figures} />
    </>
  )
}

/** The state of a circuit breaker; nothing where there is none. */
export function Breaker({ state }: { readonly state: ComponentView['breaker'] }) {
  if (state === undefined) return <span class="soft">{UNKNOWN}</span>
  return <Badge tone={({ closed: 'good', 'half-open': 'middling', open: 'bad' } as const)[state]} word={state} />
}

/** Whether a clock ran out, and which; nothing where there are none. */
function Clocks({ clocks = [] }: { readonly clocks: ComponentView['clocks'] }) {
  const [first, ...others] = clocks.filter(({ ranOut }) => ranOut > 0)
  if (first) {
    const all = [first, ...others].map(({ name, ranOut }) => `${clockWords[name]} ran out ${count(ranOut)}×`)
    return <Badge tone="bad" word={all.join(', ')} />
  }
  return clocks.length > 0 ? <Badge tone="good" word="in time" /> : <span class="soft">{UNKNOWN}</span>
}

interface GroupProps {
  readonly what: 'component' | 'model' | 'caller'
  readonly groups: readonly OverviewGroup[]
  readonly columns: readonly Column<OverviewGroup>[]
}

function Group({ what, groups, columns }: GroupProps) {
  const name: Column<OverviewGroup> = {
    label: what[0]?.toUpperCase() + what.slice(1),
    cell: ({ name: value }) => <a href={logHref(`${what}:${value}`)}>{value}</a>,
  }
  const cut = groups.length > MOST ? `, top ${MOST} of ${groups.length}` : ''
  return (
    <section class="card">
      <Table
        caption={`By ${what}${cut}`}
        columns={[name, ...columns]}
        rows={groups.slice(0, MOST)}
        keyOf={({ name: value }) => value}
      />
    </section>
  )
}
