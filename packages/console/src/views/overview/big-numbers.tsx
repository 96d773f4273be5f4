/** The figures of the whole window, large. */
import type { Overview, Percentiles } from '@dapr-chat/protocol/console'
import { windowMs } from '../../state/series.ts'
import { cost, count, duration, rate, share } from '../../text/format.ts'

export function BigNumbers({ figures }: { readonly figures: Overview }) {
  const { totals, open, window } = figures
  const perMinute = totals.calls / (windowMs[window] / 60_000)
  return (
    <dl class="numbers" aria-label="Figures of the window">
      <Figure label="Requests" value={count(totals.calls)} note={`${rate(perMinute)} a minute`} />
      <Figure label="Running now" value={count(open)} note={`${count(totals.cancelled)} cancelled`} />
      <Figure
        label="Failed"
        value={share(totals.failed, totals.calls)}
        note={`${count(totals.failed)} requests`}
        tone={totals.failed > 0 ? 'bad' : undefined}
      />
      <Figure label="Latency p95" value={duration(totals.latency.p95)} note={around(totals.latency)} />
      <Figure
        label="First token p95"
        value={duration(totals.timeToFirstToken.p95)}
        note={around(totals.timeToFirstToken)}
      />
      <Figure label="Tokens a second" value={rate(totals.tokensPerSecond)} note="while streaming" />
      <Figure label="Tokens in" value={count(totals.inputTokens)} note="asked of providers" />
      <Figure label="Tokens out" value={count(totals.outputTokens)} note="answered by providers" />
      <Figure
        label="Cost"
        value={cost(totals.costUsd, totals.unpriced)}
        note={totals.unpriced > 0 ? `${count(totals.unpriced)} without a known price` : 'all prices known'}
      />
      <Figure
        label="From the cache"
        value={share(totals.cacheHits, totals.calls)}
        note={`${count(totals.cacheHits)} requests`}
      />
    </dl>
  )
}

/** What stands beside a p95. */
function around({ p50, p99 }: Percentiles): string {
  return `p50 ${duration(p50)}, p99 ${duration(p99)}`
}

interface FigureProps {
  readonly label: string
  readonly value: string
  readonly note: string
  readonly tone?: 'bad' | undefined
}

function Figure({ label, value, note, tone }: FigureProps) {
  return (
    <div class={`number ${tone ?? ''}`}>
      <dt>{label}</dt>
      <dd class="value">{value}</dd>
      <dd class="note">{note}</dd>
    </div>
  )
}
