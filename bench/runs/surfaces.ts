/** The run that compares the sidecar's surfaces with a direct call, a raw pipe and, where asked for, peers. */
import { burst } from '../measure/burst.ts'
import { cancels } from '../measure/cancels.ts'
import { firstToken } from '../measure/first-token.ts'
import type { Measurement } from '../measure/measurement.ts'
import { single } from '../measure/single.ts'
import { streams } from '../measure/streams.ts'
import { unary } from '../measure/unary.ts'
import { fullPlan, quickPlan } from '../plan.ts'
import { budgetTable, figureTable } from '../report/table.ts'
import { direct } from '../targets/direct.ts'
import { pipe } from '../targets/pipe.ts'
import { portkey } from '../targets/portkey.ts'
import { daprSurface, grpcSurface, openAiSurface } from '../targets/sidecar.ts'
import type { Target } from '../targets/target.ts'
import { chosen, measureTarget, type Run, withProvider } from './run.ts'

const ownTargets: readonly Target[] = [direct, pipe, daprSurface, openAiSurface, grpcSurface]
const peers: readonly Target[] = [portkey]
const measurements: readonly Measurement[] = [unary, firstToken, burst, single, streams, cancels]

export const surfaces: Run = {
  async measure(options) {
    const targets = chosen([...ownTargets, ...named(peers, options.peers)], options)
    const wanted = chosen(measurements, options)
    const plan = options.quick ? quickPlan : fullPlan
    return await withProvider(undefined, async (address) => {
      const measured = []
      for (const target of targets) measured.push(await measureTarget(target, wanted, plan, address, options.profile))
      return measured
    })
  },
  report: {
    begin: '<!-- figures: written by npm run bench -->',
    end: '<!-- figures end -->',
    tables: (results) => [budgetTable(results), figureTable(results)],
  },
}

/** @throws Error for a name that stands for nothing. */
function named(items: readonly Target[], names: readonly string[]): Target[] {
  return names.map((name) => {
    const found = items.find((item) => item.name === name)
    if (found) return found
    const known = items.map((item) => item.name).join(', ')
    throw new Error(`Cannot measure a peer: its name must be one of ${known}: current value is "${name}"`)
  })
}
