/** Whole answers of 16 tokens, 32 calls at a time: what one costs, how many come in a second, how long each takes. */
import type { Figures } from './figures.ts'
import { measurement } from './measurement.ts'
import { keepBusy, repeat } from './repeat.ts'
import { median, percentile } from './statistics.ts'

const CONCURRENCY = 32
const SCRIPT = { tokens: 16, everyMs: 0 }

export const unary = measurement('unary', async ({ caller, server }, { plan }) => {
  await repeat(CONCURRENCY, plan.warmUpCalls, () => caller.whole(SCRIPT))
  const times: number[] = []
  const timed = async () => {
    const start = performance.now()
    await caller.whole(SCRIPT)
    times.push(performance.now() - start)
  }
  const cpuMs: number[] = []
  const perSecond: number[] = []
  for (let repetition = 0; repetition < plan.repetitions; repetition += 1) {
    const already = times.length
    const before = await server?.usage()
    const start = performance.now()
    await keepBusy(CONCURRENCY, plan.measureMs, timed)
    const seconds = (performance.now() - start) / 1_000
    const after = await server?.usage()
    const answers = times.length - already
    perSecond.push(answers / seconds)
    if (before && after) cpuMs.push((after.cpuMicros - before.cpuMicros) / 1_000 / answers)
  }
  const figures: Figures = {
    unaryPerSecond: median(perSecond),
    unaryP50Ms: percentile(times, 0.5),
    unaryP99Ms: percentile(times, 0.99),
  }
  if (server) figures.unaryCpuMs = median(cpuMs)
  return figures
})
