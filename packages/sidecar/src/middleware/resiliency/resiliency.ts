/**
 * The resiliency of all components: retry around circuit breaker around timeout around the provider, by the policies
 * that hold for the component at the time of the call (daprd's order, `pkg/resiliency/policy.go`). The composition root
 * makes one; `assemble.ts` wraps each component in it.
 */
import { type Converse, compose, type Middleware } from '@dapr-chat/protocol'
import type { PolicyKind, ResiliencyMetrics } from '../../observability/resiliency-metrics.ts'
import type { ComponentPolicies, Named } from '../../policies/policy.ts'
import { breakCircuit } from './break-circuit.ts'
import { type BreakerState, CircuitBreaker } from './circuit-breaker.ts'
import { limitAttempt } from './limit-attempt.ts'
import { retry } from './retry.ts'

/** What the resiliency of a sidecar works with. */
export interface ResiliencyOptions {
  /** The policies of a component as they are now; new ones are taken up with the next call. */
  readonly policiesOf: (component: string) => ComponentPolicies | undefined
  readonly metrics: ResiliencyMetrics
  /** Is told in a sentence each time a breaker opens, half opens or closes. */
  readonly report: (message: string) => void
}

/** Policies in action, with the breakers and their states. */
export class Resiliency {
  readonly #options: ResiliencyOptions
  readonly #breakers = new Map<string, CircuitBreaker>()

  constructor(options: ResiliencyOptions) {
    this.#options = options
  }

  /** The state of each circuit breaker, by component. */
  breakerStates(): ReadonlyMap<string, BreakerState> {
    return new Map(Array.from(this.#breakers, ([component, breaker]) => [component, breaker.state]))
  }

  /** The middleware of one component. Where no policy holds for it, its calls pass untouched. */
  middleware(component: string): Middleware {
    return (next) => {
      let current = this.#options.policiesOf(component)
      let resilient = this.#wrap(next, component, current)
      return (call) => {
        const policies = this.#options.policiesOf(component)
        if (policies !== current) {
          current = policies
          resilient = this.#wrap(next, component, policies)
        }
        return resilient(call)
      }
    }
  }

  #wrap(next: Converse, component: string, policies: ComponentPolicies | undefined): Converse {
    const { metrics } = this.#options
    metrics.forget(component)
    this.#breakers.delete(component)
    if (!policies) return next
    const { timeout, retry: retries, circuitBreaker } = policies
    const applied = (policy: PolicyKind, { resource }: Named<unknown>) => ({ component, policy, resource })
    const layers: Middleware[] = []
    const counted: (() => void)[] = []
    if (retries && retries.policy.maxRetries > 0) {
      const labels = applied('retry', retries)
      counted.push(() => metrics.recordApplied(labels))
      layers.push(retry(retries.policy, () => metrics.recordActivated(labels)))
    }
    if (circuitBreaker) {
      const labels = applied('circuitbreaker', circuitBreaker)
      const breaker = new CircuitBreaker(circuitBreaker.policy, (state) => {
        metrics.recordActivated(labels, state)
        this.#options.report(`circuit breaker "${circuitBreaker.name}" of component "${component}" is now ${state}`)
      })
      this.#breakers.set(component, breaker)
      metrics.watchBreaker(labels, () => breaker.state)
      counted.push(() => metrics.recordApplied(labels, breaker.state))
      layers.push(breakCircuit(breaker))
    }
    if (timeout && timeout.policy > 0) {
      const labels = applied('timeout', timeout)
      counted.push(() => metrics.recordApplied(labels))
      layers.push(limitAttempt(timeout.policy, () => metrics.recordActivated(labels)))
    }
    if (layers.length === 0) return next
    const resilient = compose(next, layers)
    return (call) => {
      for (const count of counted) count()
      return resilient(call)
    }
  }
}
