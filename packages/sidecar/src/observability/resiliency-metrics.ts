/**
 * Figures of the resiliency policies, by the names and labels of daprd (its `pkg/diagnostics/resiliency_monitoring.go`).
 * One of the groups of figures in `metrics.ts`.
 */
import type { CounterFigure, GaugeValue, Instruments, Labels } from './instruments.ts'

/** The kinds of policy, in the spelling of the label. */
export type PolicyKind = 'timeout' | 'retry' | 'circuitbreaker'

/** A policy at work for a component. */
export interface AppliedPolicy {
  readonly component: string
  readonly policy: PolicyKind
  /** The name of the resource that declares it. */
  readonly resource: string
}

/** Each has a line of its own, which is 1 where the breaker is in that state. */
const BREAKER_STATES = ['closed', 'half-open', 'open', 'unknown']

/** What the policies of one sidecar did. */
export class ResiliencyMetrics {
  readonly #labels: Labels
  readonly #loaded: CounterFigure
  readonly #applied: CounterFigure
  readonly #activated: CounterFigure
  readonly #breakers = new Map<string, { readonly labels: Labels; readonly state: () => string }>()

  /** @param labels those that every figure of the sidecar has. */
  constructor(instruments: Instruments, labels: Labels) {
    this.#labels = labels
    const resource = ['app_id', 'namespace', 'name']
    const policy = [...resource, 'policy', 'flow_direction', 'target', 'status']
    this.#loaded = instruments.counter(
      'dapr_resiliency_loaded',
      'The number of Resiliency resources that were loaded.',
      resource,
    )
    this.#applied = instruments.counter('dapr_resiliency_count', 'How often a policy was applied to a call.', policy)
    this.#activated = instruments.counter(
      'dapr_resiliency_activations_total',
      'How often a policy did something: a retry, a timeout, a change of a breaker.',
      policy,
    )
    instruments.observed(
      'dapr_resiliency_cb_state',
      'The state of a circuit breaker: 1 for the state that it is in, 0 for the others.',
      policy,
      () => this.#breakerValues(),
    )
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

  *#breakerValues(): Generator<GaugeValue> {
    for (const { labels, state } of this.#breakers.values()) {
      const current = state()
      for (const status of BREAKER_STATES) yield { labels: { ...labels, status }, value: status === current ? 1 : 0 }
    }
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
