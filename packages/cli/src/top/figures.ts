/** The figures that `top` shows, as it prints them with `--json` too: made from what the console reads. */
import type { CallFigures, ComponentView, ConsoleSession, Overview } from '@dapr-chat/sidecar'
import type { CallRates } from './call-rates.ts'

/** What goes on now. */
export interface Activity {
  /** Requests that began within the last seconds, in one second. */
  readonly requestsPerSecond: number
  /** Calls in progress. */
  readonly open: number
}

/** The figures of one component. */
export interface ComponentFigures extends Activity, CallFigures {
  readonly name: string
  /** Absent where the component is gone, and its calls are still in the log. */
  readonly type?: string
  readonly state?: ComponentView['state']
  /** Why it is not ready. */
  readonly reason?: string
  /** Absent where it has no circuit breaker. */
  readonly breaker?: NonNullable<ComponentView['breaker']>
  readonly lastError?: NonNullable<ComponentView['lastError']>
}

/** One reading. */
export interface Figures extends Pick<Overview, 'window' | 'stepMs' | 'points' | 'errors'> {
  /** When it was made by the sidecar's clock, in milliseconds since 1970. */
  readonly at: number
  /** The address of the sidecar. */
  readonly sidecar: string
  readonly appId: string
  readonly version: string
  readonly totals: Activity & CallFigures
  /** Those with the most calls first. */
  readonly components: readonly ComponentFigures[]
}

/** What was read. */
export interface FigureSources {
  readonly sidecar: string
  readonly session: ConsoleSession
  readonly overview: Overview
  readonly components: readonly ComponentView[]
  readonly rates: CallRates
}

/** Puts it together. */
export function figuresFrom({ sidecar, session, overview, components, rates }: FigureSources): Figures {
  const { now, window, stepMs, points, errors, totals, open } = overview
  const active = new Map(overview.components.map((group) => [group.name, group]))
  const views = new Map(components.filter(isForConversations).map((view) => [view.name, view]))
  // Calls that were refused before they had a component have none.
  const names = new Set([...active.keys(), ...views.keys(), ...rates.open.keys()].filter((name) => name !== ''))
  return {
    at: now,
    sidecar,
    appId: session.appId,
    version: session.version,
    window,
    stepMs,
    totals: { ...totals, requestsPerSecond: sum(rates.perSecond.values()), open },
    components: [...names].map((name) => ({
      ...(active.get(name) ?? { name, ...NO_CALLS }),
      requestsPerSecond: rates.perSecond.get(name) ?? 0,
      open: rates.open.get(name) ?? 0,
      ...stateOf(views.get(name)),
    })),
    errors,
    points,
  }
}

const NO_CALLS: CallFigures = {
  calls: 0,
  failed: 0,
  cancelled: 0,
  cacheHits: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  unpriced: 0,
  latency: {},
  timeToFirstToken: {},
}

/** A secret store is a component too, and nobody talks to it. */
function isForConversations({ type }: ComponentView): boolean {
  return type.toLowerCase().startsWith('conversation.')
}

function stateOf(view: ComponentView | undefined): Partial<ComponentFigures> {
  if (view === undefined) return {}
  const { type, state, reason, breaker, lastError } = view
  return {
    type,
    state,
    ...(reason !== undefined && { reason }),
    ...(breaker && { breaker }),
    ...(lastError && { lastError }),
  }
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
