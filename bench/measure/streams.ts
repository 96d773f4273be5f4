/**
 * What 1, 50, 500 and 1,000 open streams cost, each number in a fresh process: memory for each stream, and CPU time for
 * each token, which together show whether costs grow in proportion.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { StreamFigures } from './figures.ts'
import type { Measurement, MeasurementContext } from './measurement.ts'
import { holdStreams } from './open-streams.ts'
import { keepBusy } from './repeat.ts'

const COUNTS = [1, 50, 500, 1_000]
const EVERY_MS = 100

export const streams: Measurement = {
  name: 'streams',
  async run(context) {
    const found: StreamFigures[] = []
    for (const count of COUNTS) {
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
    // A little of everything once, so that what is loaded and compiled only once is not charged to the streams.
    await keepBusy(4, 300, () => caller.whole({ tokens: 16, everyMs: 0 }))
    await keepBusy(4, 300, () => caller.stream({ tokens: 20, everyMs: 1 }, () => {}).ended)
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
