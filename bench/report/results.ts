import type { Figures } from '../measure/figures.ts'
import type { Machine } from '../processes/machine.ts'

/** The figures of one target in one run. */
export interface TargetResult {
  readonly name: string
  readonly title: string
  readonly budgets?: 'sse' | 'grpc'
  readonly figures: Figures
}

/** Everything one run found; the JSON that it writes. */
export interface Results {
  readonly date: string
  /** Whether it was the short run. */
  readonly quick: boolean
  readonly machine: Machine
  readonly targets: readonly TargetResult[]
}
