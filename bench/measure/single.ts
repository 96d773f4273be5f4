/** Tokens that come one by one, as from a real model but faster: 50 streams, a token every 5 ms on each. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Figures } from './figures.ts'
import { measurement } from './measurement.ts'
import { holdStreams } from './open-streams.ts'
import { median, percentile } from './statistics.ts'

const STREAMS = 50
const EVERY_MS = 5

export const single = measurement('single', async ({ caller, server }, { plan }) => {
  const held = await holdStreams(caller, STREAMS, EVERY_MS)
  await sleep(plan.warmUpMs)
  held.takeGaps()
  const micros: number[] = []
  for (let repetition = 0; repetition < plan.repetitions; repetition += 1) {
    const before = await server?.usage()
    const tokens = held.tokens
    await sleep(plan.measureMs)
    const after = await server?.usage()
    if (before && after) micros.push((after.cpuMicros - before.cpuMicros) / (held.tokens - tokens))
  }
  const figures: Figures = { singleGapP99Ms: percentile(held.takeGaps(), 0.99) }
  if (server) figures.singleChunkMicros = median(micros)
  await held.leave()
  return figures
})
