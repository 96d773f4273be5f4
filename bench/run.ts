/**
 * The benchmark: `npm run bench`. It starts a mock provider, puts each target in front of it, one at a time, measures
 * it, and prints every figure, those with a budget beside the budget.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { burst } from './measure/burst.ts'
import { cancels } from './measure/cancels.ts'
import type { Figures } from './measure/figures.ts'
import { firstToken } from './measure/first-token.ts'
import type { Measurement } from './measure/measurement.ts'
import { single } from './measure/single.ts'
import { streams } from './measure/streams.ts'
import { unary } from './measure/unary.ts'
import { HELP, type Options, readOptions } from './options.ts'
import { fullPlan, quickPlan } from './plan.ts'
import { LOAD_CORE, pinLoad } from './processes/cores.ts'
import { describeMachine, loadNow } from './processes/machine.ts'
import { ServerProcess } from './processes/server-process.ts'
import { printResults, writeMarkdown } from './report/print.ts'
import type { Results, TargetResult } from './report/results.ts'
import { direct } from './targets/direct.ts'
import { pipe } from './targets/pipe.ts'
import { portkey } from './targets/portkey.ts'
import { daprSurface, grpcSurface, openAiSurface } from './targets/sidecar.ts'
import type { Target } from './targets/target.ts'

const ownTargets: readonly Target[] = [direct, pipe, daprSurface, openAiSurface, grpcSurface]
const peers: readonly Target[] = [portkey]
const measurements: readonly Measurement[] = [unary, firstToken, burst, single, streams, cancels]

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  if (!options) {
    console.log(HELP)
    return
  }
  const targets = chosen([...ownTargets, ...named(peers, options.peers)], options)
  const wanted = chosen(measurements, options)
  pinLoad()
  const loadBefore = loadNow()
  const provider = new ServerProcess({ file: 'bench/provider/mock-provider.ts', core: LOAD_CORE })
  try {
    const address = await provider.ready
    const measured: TargetResult[] = []
    for (const target of targets) measured.push(await measureTarget(target, wanted, address, options))
    const results: Results = {
      date: new Date().toISOString().slice(0, 10),
      quick: options.quick,
      machine: describeMachine(loadBefore),
      targets: measured,
    }
    printResults(results)
    mkdirSync(dirname(options.out), { recursive: true })
    writeFileSync(options.out, `${JSON.stringify(results, null, 2)}\n`)
    if (options.markdown !== undefined) writeMarkdown(options.markdown, results)
  } finally {
    await provider.stop()
  }
}

async function measureTarget(
  target: Target,
  wanted: readonly Measurement[],
  provider: string,
  { quick, profile }: Options,
): Promise<TargetResult> {
  const { name, title, budgets } = target
  const figures: Figures = {}
  for (const measurement of wanted) {
    console.error(`${title}: ${measurement.name} (load ${loadNow().toFixed(2)})`)
    const start = () => target.start({ provider, profileFolder: profile })
    try {
      Object.assign(figures, await measurement.run({ plan: quick ? quickPlan : fullPlan, provider, start }))
    } catch (error) {
      // One target that breaks under the load does not take the figures of the others with it.
      console.error(`${title}: ${measurement.name} failed:`, error)
      process.exitCode = 1
    }
  }
  return { name, title, ...(budgets && { budgets }), figures }
}

/** Those that `--only` names, or all where it names none of this kind. */
function chosen<Item extends { name: string }>(items: readonly Item[], { only }: Options): readonly Item[] {
  const picked = items.filter(({ name }) => only.includes(name))
  return picked.length > 0 ? picked : items
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

await main(process.argv.slice(2))
