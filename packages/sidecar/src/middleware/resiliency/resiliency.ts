/**
 * The resiliency of all components: retry around circuit breaker around timeout around the provider, by the policies
 * that hold for the component at the time of the call (daprd's order, `pkg/resiliency/policy.go`). The composition root
 * makes one; `assemble.ts` wraps each component in it.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Converse, compose, type Middleware } from '@dapr-chat/protocol'
import type { PolicyKind, ResiliencyMetrics } from '../../observability/resiliency-metrics.ts'
import type { CircuitBreakerPolicy, ComponentPolicies, Named } from '../../policies/policy.ts'
import { breakCircuit } from './break-circuit.ts'
import { type BreakerState, CircuitBreaker } from './circuit-breaker.ts'
import { limitAttempt } from './limit-attempt.ts'
import { retry } from './retry.ts'

/** What the resiliency of a sidecar works with. */
export interface ResiliencyOptions {
  /** The policies of a component as they are now. */
  readonly policiesOf: (component: string) => ComponentPolicies | undefined
  readonly metrics: ResiliencyMetrics
  /** Is told in a sentence each time a breaker opens, half opens or closes. */
  readonly report: (message: string) => void
}

/** What stands around one provider. */
interface Guarded {
  readonly next: Converse
  /** The provider inside of the policies. */
  converse: Converse
  policies: ComponentPolicies | undefined
  breaker: CircuitBreaker | undefined
}

/** Policies in action, with the breakers and their states. */
export class Resiliency {
  readonly #options: ResiliencyOptions
  /** By component; a component that was reloaded has a new one. */
  readonly #guarded = new Map<string, Guarded>()

  constructor(options: ResiliencyOptions) {
    this.#options = options
  }

  /** The state of each circuit breaker, by component. */
  breakerStates(): ReadonlyMap<string, BreakerState> {
    return new Map(
      Array.from(this.#guarded).flatMap(([component, { breaker }]) =>
        breaker ? [[component, breaker.state] as const] : [],
      ),
    )
  }

  /** How long an attempt may take by the policy that holds for a component, in milliseconds; absent where none does. */
  timeoutOf(component: string): number | undefined {
    return this.#guarded.get(component)?.policies?.timeout?.policy
  }

  /** The middleware of one component. Where no policy holds for it, its calls pass untouched. */
  middleware(component: string): Middleware {
    return (next) => {
      const guarded: Guarded = { next, converse: next, policies: undefined, breaker: undefined }
      this.#guarded.set(component, guarded)
      this.#apply(component, guarded)
      return (call) => guarded.converse(call)
    }
  }

  /**
   * Takes up the policies as they are now, from the next call on. A circuit breaker whose policy did not change goes on
   * as it is.
   */
  policiesChanged(): void {
    for (const [component, guarded] of this.#guarded) this.#apply(component, guarded)
  }

  /** Lets go of a component that is gone. */
  forget(component: string): void {
    this.#guarded.delete(component)
    this.#options.metrics.forget(component)
  }

  #apply(component: string, guarded: Guarded): void {
    const { metrics } = this.#options
    const before = guarded.policies?.circuitBreaker
    const policies = this.#options.policiesOf(component)
    guarded.policies = policies
    metrics.forget(component)
    const { timeout, retry: retries, circuitBreaker } = policies ?? {}
    const applied = (policy: PolicyKind, { resource }: Named<unknown>) => ({ component, policy, resource })
    const layers: Middleware[] = []
    const counted: (() => void)[] = []
    if (retries && retries.policy.maxRetries > 0) {
      const labels = applied('retry', retries)
      counted.push(() => metrics.recordApplied(labels))
      layers.push(retry(retries.policy, () => metrics.recordActivated(labels)))
    }
    if (!circuitBreaker) {
      guarded.breaker = undefined
    } else {
      const labels = applied('circuitbreaker', circuitBreaker)
      const kept = before && isSameBreaker(before, circuitBreaker) ? guarded.breaker : undefined
      const breaker = kept ?? this.#createBreaker(component, circuitBreaker)
      guarded.breaker = breaker
      metrics.watchBreaker(labels, () => breaker.state)
      counted.push(() => metrics.recordApplied(labels, breaker.state))
      layers.push(breakCircuit(breaker))
    }
    if (timeout && timeout.policy > 0) {
      const labels = applied('timeout', timeout)
      counted.push(() => metrics.recordApplied(labels))
      layers.push(limitAttempt(timeout.policy, () => metrics.recordActivated(labels)))
    }
    guarded.converse = layers.length === 0 ? guarded.next : counting(compose(guarded.next, layers), counted)
  }

  #createBreaker(component: string, { name, resource, policy }: Named<CircuitBreakerPolicy>): CircuitBreaker {
    const { metrics, report } = this.#options
    return new CircuitBreaker(policy, (state) => {
      metrics.recordActivated({ component, policy: 'circuitbreaker', resource }, state)
      report(`circuit breaker "${name}" of component "${component}" is now ${state}`)
    })
  }
}

/** Tells the figures of each call. */
function counting(converse: Converse, counted: readonly (() => void)[]): Converse {
  return (call) => {
    for (const count of counted) count()
    return converse(call)
  }
}

/** Whether a breaker can go on as it is: everything said of it is as before, its names included, which figures show. */
function isSameBreaker(before: Named<CircuitBreakerPolicy>, now: Named<CircuitBreakerPolicy>): boolean {
  const facts = ({ name, resource, policy: { trip: _, ...policy } }: Named<CircuitBreakerPolicy>) => ({
    name,
    resource,
    ...policy,
  })
  return isDeepStrictEqual(facts(before), facts(now))
}
