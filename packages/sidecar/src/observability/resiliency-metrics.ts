/**
 * Figures of the resiliency policies, by the names and labels of daprd (its `pkg/diagnostics/resiliency_monitoring.go`).
 * One of the groups of figures in `metrics.ts`.
 */
import { Counter, Gauge, type Registry } from 'prom-client'

/** The kinds of policy, in the spelling of the label. */
export type PolicyKind = 'timeout' | 'retry' | 'circuitbreaker'

/** A policy at work for a component. */
export interface AppliedPolicy {
  readonly component: string
  readonly policy: PolicyKind
  /** The name of the resource that declares it. */
  readonly resource: string
}

type Labels = Readonly<Record<string, string>>

/** Each has a line of its own, which is 1 where the breaker is in that state. */
const BREAKER_STATES = ['closed', 'half-open', 'open', 'unknown']

/** What the policies of one sidecar did. */
export class ResiliencyMetrics {
  readonly #labels: Labels
  readonly #loaded: Counter
  readonly #applied: Counter
  readonly #activated: Counter
  readonly #breakers = new Map<string, { readonly labels: Labels; readonly state: () => string }>()

  /** @param labels those that every figure of the sidecar has. */
  constructor(registry: Registry, labels: Labels) {
    this.#labels = labels
    const registers = [registry]
    const resource = ['app_id', 'namespace', 'name']
    const policy = [...resource, 'policy', 'flow_direction', 'target', 'status']
    this.#loaded = new Counter({
      name: 'dapr_resiliency_loaded',
      help: 'The number of Resiliency resources that were loaded.',
      labelNames: resource,
      registers,
    })
    this.#applied = new Counter({
      name: 'dapr_resiliency_count',
      help: 'How often a policy was applied to a call.',
      labelNames: policy,
      registers,
    })
    this.#activated = new Counter({
      name: 'dapr_resiliency_activations_total',
      help: 'How often a policy did something: a retry, a timeout, a change of a breaker.',
      labelNames: policy,
      registers,
    })
    const breakers = this.#breakers
    new Gauge({
      name: 'dapr_resiliency_cb_state',
      help: 'The state of a circuit breaker: 1 for the state that it is in, 0 for the others.',
      labelNames: policy,
      registers,
      collect() {
        this.reset()
        for (const { labels, state } of breakers.values()) {
          const current = state()
          for (const status of BREAKER_STATES) this.set({ ...labels, status }, status === current ? 1 : 0)
        }
      },
    })
  }

  /** Counts a resource. */
  recordLoaded(resource: string): void {
    this.#loaded.inc({ ...this.#labels, ...(resource !== '' && { name: resource }) })
  }

  /** Counts a call that the policy applies to. */
  recordApplied(policy: AppliedPolicy, status?: string): void {
    this.#applied.inc(this.#labelsOf(policy, status))
  }

  /** Counts that the policy did something. */
  recordActivated(policy: AppliedPolicy, status?: string): void {
    this.#activated.inc(this.#labelsOf(policy, status))
  }

  /** Shows the state of a breaker, asked when somebody looks, until it is forgotten. */
  watchBreaker(policy: AppliedPolicy, state: () => string): void {
    this.#breakers.set(policy.component, { labels: this.#labelsOf(policy), state })
  }

  /** Shows the component's breaker no more. */
  forget(component: string): void {
    this.#breakers.delete(component)
  }

  /** Empty labels are left out, as everywhere. */
  #labelsOf({ component, policy, resource }: AppliedPolicy, status?: string): Labels {
    return {
      ...this.#labels,
      ...(resource !== '' && { name: resource }),
      policy,
      flow_direction: 'outbound',
      target: `Conversation_${component}`,
      ...(status !== undefined && { status }),
    }
  }
}
