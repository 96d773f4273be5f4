/** The components as the operator sees them: settings without secrets, the state of the breaker, and what failed last. */
import type { ComponentList, ComponentView } from '@dapr-chat/protocol/console'
import type { LiveComponent } from '../../components/component.ts'
import type { CallSink } from '../../observability/call-book.ts'
import type { CallRecord } from '../../observability/call-record.ts'

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
}

/** All components, ready or not. */
export function listComponents({ components, lastErrors, breakers }: ComponentFacts): ComponentList {
  return {
    components: components.map(({ name, type, version, state, reason, model, settings = [] }) => {
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
        ...(lastError && { lastError }),
      }
    }),
  }
}
