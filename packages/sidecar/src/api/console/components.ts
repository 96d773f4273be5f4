/** The components as the operator sees them: settings without secrets, the state of the breaker, and what failed last. */
import type { Clock } from '@dapr-chat/protocol'
import type { ClockView, ComponentList, ComponentView } from '@dapr-chat/protocol/console'
import type { LiveComponent } from '../../components/component.ts'
import type { CallSink } from '../../observability/call-book.ts'
import type { CallRecord } from '../../observability/call-record.ts'
import type { ClockCounts } from '../../observability/clock-counts.ts'

type Failure = NonNullable<ComponentView['lastError']>

/** What went wrong last, by component. It reads the call book. */
export class LastErrors implements CallSink {
  readonly #failures = new Map<string, Failure>()

  ended({ error, component }: CallRecord): void {
    // A caller who leaves is no failure of the component.
    if (error === undefined || error.code === 'cancelled') return
    this.#failures.set(component.name, { code: error.code, message: error.message, at: Date.now() })
  }

  /** What went wrong last with a component; a reload of it changes nothing about that. */
  of(component: string): Failure | undefined {
    return this.#failures.get(component)
  }
}

/** What the list of the components is made from. */
export interface ComponentFacts {
  readonly components: readonly LiveComponent[]
  readonly lastErrors: LastErrors
  /** The state of each circuit breaker, by component. */
  readonly breakers: ReadonlyMap<string, NonNullable<ComponentView['breaker']>>
  readonly clockCounts: ClockCounts
  /** How long an attempt may take by the resiliency policy of a component, in milliseconds. */
  attemptTimeoutOf(component: string): number | undefined
}

/** The clocks in the order in which a call meets them, and what a component calls their limits. */
const clocks = [
  ['connect', 'connectMs'],
  ['first-token', 'firstTokenMs'],
  ['idle', 'idleMs'],
  ['total', 'totalMs'],
] as const satisfies readonly (readonly [Clock, keyof NonNullable<LiveComponent['clocks']>])[]

/** All components, ready or not. */
export function listComponents(facts: ComponentFacts): ComponentList {
  const { components, lastErrors, breakers } = facts
  return {
    components: components.map((component) => {
      const { name, type, version, state, reason, model, settings = [] } = component
      const clockViews = clocksOf(component, facts)
      const breaker = breakers.get(name)
      const lastError = lastErrors.of(name)
      return {
        name,
        type,
        version,
        state,
        ...(reason !== undefined && { reason }),
        ...(model !== undefined && { model }),
        settings,
        ...(breaker && { breaker }),
        ...(clockViews.length > 0 && { clocks: clockViews }),
        ...(lastError && { lastError }),
      }
    }),
  }
}

/** Those that run, by the component's own settings or a policy, and those that ran out while they did. */
function clocksOf(component: LiveComponent, { clockCounts, attemptTimeoutOf }: ComponentFacts): ClockView[] {
  return clocks.flatMap(([name, setting]): ClockView[] => {
    const own = component.clocks?.[setting]
    // A policy's timeout is the total time of an attempt, as the component's own is: the shorter one rings.
    const policy = name === 'total' ? attemptTimeoutOf(component.name) : undefined
    // 0 turns a clock off.
    const limitMs = Math.min(own || Infinity, policy || Infinity)
    const ranOut = clockCounts.of(component.name, name)
    if (limitMs !== Infinity) return [{ name, limitMs, ranOut }]
    return ranOut > 0 ? [{ name, ranOut }] : []
  })
}
