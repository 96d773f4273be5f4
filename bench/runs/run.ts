/** What the two kinds of run share: which targets they measure, how one target is measured. */
import type { Figures } from '../measure/figures.ts'
import type { Measurement } from '../measure/measurement.ts'
import type { Options } from '../options.ts'
import type { Plan } from '../plan.ts'
import { LOAD_CORE } from '../processes/cores.ts'
import { loadNow } from '../processes/machine.ts'
import { ServerProcess } from '../processes/server-process.ts'
import type { Report } from '../report/print.ts'
import type { TargetResult } from '../report/results.ts'
import type { Target } from '../targets/target.ts'

/** One kind of run. */
export interface Run {
  /** Measures everything that the options ask for. */
  measure(options: Options): Promise<TargetResult[]>
  /** How its results are shown. */
  readonly report: Report
}

/**
 * Starts the mock provider, hands out its address, and ends it.
 * @param vendor whose words it speaks; OpenAI's without one.
 */
export async function withProvider<Value>(
  vendor: string | undefined,
  use: (address: string) => Promise<Value>,
): Promise<Value> {
  const args = vendor === undefined ? [] : [vendor]
  const provider = new ServerProcess({ file: 'bench/provider/mock-provider.ts', args, core: LOAD_CORE })
  try {
    return await use(await provider.ready)
  } finally {
    await provider.stop()
  }
}

/** Measures one target, one measurement after the other. */
export async function measureTarget(
  target: Target,
  wanted: readonly Measurement[],
  plan: Plan,
  provider: string,
  profileFolder: string | undefined,
): Promise<TargetResult> {
  const { name, title, budgets } = target
  const figures: Figures = {}
  for (const measurement of wanted) {
    console.error(`${title}: ${measurement.name} (load ${loadNow().toFixed(2)})`)
    const start = () => target.start({ provider, profileFolder })
    try {
      Object.assign(figures, await measurement.run({ plan, provider, start }))
    } catch (error) {
      // One target that breaks under the load does not take the figures of the others with it.
      console.error(`${title}: ${measurement.name} failed:`, error)
      process.exitCode = 1
    }
  }
  return { name, title, ...(budgets && { budgets }), figures }
}

/** Those that `--only` names, or all where it names none of this kind. */
export function chosen<Item extends { name: string }>(items: readonly Item[], { only }: Options): readonly Item[] {
  const picked = items.filter(({ name }) => only.includes(name))
  return picked.length > 0 ? picked : items
}
