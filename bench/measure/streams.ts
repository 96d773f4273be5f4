/**
 * What open streams cost, each number of them in a fresh process: memory for each stream, and CPU time for each token,
 * which together show whether costs grow in proportion.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { StreamFigures } from './figures.ts'
import type { Measurement, MeasurementContext } from './measurement.ts'
import { holdStreams } from './open-streams.ts'
import { repeat } from './repeat.ts'

const EVERY_MS = 100

/** So many whole answers fill the young generation, whose size is fixed, and compile most of the code. */
const WARM_UP_CALLS = 2_000

export const streams: Measurement = {
  name: 'streams',
  async run(context) {
    const found: StreamFigures[] = []
    for (const count of context.plan.streamCounts) {
      const figures = await measure(context, count)
      if (figures) found.push(figures)
    }
    return found.length > 0 ? { streams: found } : {}
  },
}

async function measure({ plan, start }: MeasurementContext, count: number): Promise<StreamFigures | undefined> {
  const { caller, server, stop } = await start()
  try {
    if (!server) return undefined
    // What is needed only once must not be charged to the streams.
    await repeat(32, WARM_UP_CALLS, () => caller.whole({ tokens: 16, everyMs: 0 }))
    await repeat(32, 100, () => caller.stream({ tokens: 20, everyMs: 1 }, () => {}).ended)
    const empty = await server.usage({ collect: true })
    const held = await holdStreams(caller, count, EVERY_MS)
    await sleep(plan.warmUpMs)
    const before = await server.usage()
    const tokens = held.tokens
    await sleep(plan.measureMs)
    const after = await server.usage()
    const received = held.tokens - tokens
    const full = await server.usage({ collect: true })
    await held.leave()
    return {
      streams: count,
      residentBytes: (full.residentBytes - empty.residentBytes) / count,
      heldBytes: (full.heldBytes - empty.heldBytes) / count,
      chunkMicros: (after.cpuMicros - before.cpuMicros) / received,
    }
  } finally {
    await stop()
  }
}
