/**
 * Figures of the loading of components, by the names of daprd (its `pkg/diagnostics/service_monitoring.go`). One of the
 * groups of figures in `metrics.ts`.
 */
import type { CounterFigure, Instruments, Labels } from './instruments.ts'

/** What became of the components of one sidecar. */
export class ComponentMetrics {
  readonly #labels: Labels
  readonly #loaded: CounterFigure
  readonly #ready: CounterFigure
  readonly #failed: CounterFigure

  /** @param labels those that every figure of the sidecar has. */
  constructor(instruments: Instruments, labels: Labels) {
    this.#labels = labels
    const common = ['app_id', 'namespace']
    const counter = (name: string, help: string, labelNames = common) => instruments.counter(name, help, labelNames)
    this.#loaded = counter('dapr_runtime_component_loaded', 'The number of components that were loaded.')
    this.#ready = counter('dapr_runtime_component_init_total', 'The number of components that became ready.')
    this.#failed = counter('dapr_runtime_component_init_fail_total', 'The number of components that did not.', [
      ...common,
      'reason',
    ])
  }

  /** Counts a component that was loaded, at the start or again. */
  recordLoaded(state: 'ready' | 'skipped' | 'failed'): void {
    this.#loaded.inc(this.#labels)
    if (state === 'ready') this.#ready.inc(this.#labels)
    else this.#failed.inc({ ...this.#labels, reason: state === 'failed' ? 'init' : 'skipped' })
  }
}
