/** The components: how they stand, what they are set to, and what went wrong last. */
import { adviceFor } from '@dapr-chat/protocol'
import type { ClockView, ComponentView as Component, SettingView } from '@dapr-chat/protocol/console'
import { useEffect } from 'preact/hooks'
import { Badge } from '../parts/badge.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { Empty, Problem } from '../parts/notice.tsx'
import { Table } from '../parts/table.tsx'
import { emptyDraft } from '../state/draft.ts'
import { logHref } from '../state/log-address.ts'
import { components } from '../state/overview.ts'
import { playgroundHref } from '../state/playground.ts'
import { keepReading } from '../state/resource.ts'
import { count, dateTime, duration } from '../text/format.ts'
import { clockWords } from '../text/words.ts'
import { Breaker } from './overview/groups.tsx'

const EVERY_MS = 5_000

export function ComponentsView() {
  useEffect(() => keepReading(components, EVERY_MS), [])
  const list = components.value.value
  return (
    <>
      <h1 tabIndex={-1}>Components</h1>
      <Problem text={components.problem.value} />
      {list?.length === 0 && <Empty>No component is loaded. Add a YAML file to the resources folder.</Empty>}
      {list?.map((component) => (
        <ComponentCard key={component.name} component={component} />
      ))}
    </>
  )
}

function ComponentCard({ component }: { readonly component: Component }) {
  const { name, type, version, state, reason, model, settings, breaker, clocks = [], lastError } = component
  const tone = ({ ready: 'good', skipped: 'middling', failed: 'bad' } as const)[state]
  return (
    <section class="card" aria-labelledby={`component-${name}`}>
      <div class="bar">
        <h2 id={`component-${name}`}>{name}</h2>
        <Badge tone={tone} word={state} />
      </div>
      <Facts>
        <Fact label="Type">
          {type} {version}
        </Fact>
        {model !== undefined && <Fact label="Model">{model}</Fact>}
        {breaker !== undefined && (
          <Fact label="Circuit breaker">
            <Breaker state={breaker} />
          </Fact>
        )}
        {clocks.map((clock) => (
          <Clock key={clock.name} clock={clock} />
        ))}
        {reason !== undefined && <Fact label="Why it is not ready">{reason}</Fact>}
      </Facts>
      {lastError && (
        <div class="problem">
          <p>
            <strong>
              {lastError.code}, {dateTime(lastError.at)}:
            </strong>{' '}
            {lastError.message}
          </p>
          <p>{adviceFor(lastError.code)}</p>
        </div>
      )}
      {settings.length > 0 && (
        <details>
          <summary>
            {settings.length} settings<span class="visually-hidden"> of {name}</span>
          </summary>
          <Table
            caption={`Settings of ${name}`}
            columns={[
              { label: 'Name', cell: (setting: SettingView) => setting.name },
              {
                label: 'Value',
                cell: ({ secret, value }) => (secret ? <em>hidden</em> : <code class="prose">{value}</code>),
              },
            ]}
            rows={settings}
            keyOf={(setting) => setting.name}
          />
        </details>
      )}
      {state === 'ready' && type.startsWith('conversation.') && (
        <p class="links">
          <a href={playgroundHref({ ...emptyDraft, models: [name] })}>
            Try in the playground<span class="visually-hidden">: {name}</span>
          </a>
          <a href={logHref(`component:${name}`)}>
            Requests<span class="visually-hidden"> to {name}</span>
          </a>
        </p>
      )}
    </section>
  )
}

/** One clock: how long it may run, and whether it did so too long. */
function Clock({ clock: { name, limitMs, ranOut } }: { readonly clock: ClockView }) {
  return (
    <Fact label={`Clock: ${clockWords[name]}`}>
      {limitMs === undefined ? 'does not run' : duration(limitMs)}{' '}
      {ranOut > 0 && <Badge tone="bad" word={`ran out ${count(ranOut)}×`} />}
    </Fact>
  )
}
