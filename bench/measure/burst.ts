/** Answers of 2,000 tokens that the provider sends at once, 20 streams at a time: what a token costs under full load. */
import type { Figures } from './figures.ts'
import { measurement } from './measurement.ts'
import { keepBusy } from './repeat.ts'
import { median } from './statistics.ts'

const STREAMS = 20
const SCRIPT = { tokens: 2_000, everyMs: 0 }

export const burst = measurement('burst', async ({ caller, server }, { plan }): Promise<Figures> => {
  // Nothing stands between load and provider whose CPU time could be told apart.
  if (!server) return {}
  let streams = 0
  const receive = async () => {
    await caller.stream(SCRIPT, () => {}).ended
    streams += 1
  }
  await keepBusy(STREAMS, plan.warmUpMs, receive)
  const micros: number[] = []
  for (let repetition = 0; repetition < plan.repetitions; repetition += 1) {
    streams = 0
    const before = await server.usage()
    await keepBusy(STREAMS, plan.measureMs, receive)
    const after = await server.usage()
    micros.push((after.cpuMicros - before.cpuMicros) / (streams * SCRIPT.tokens))
  }
  return { burstChunkMicros: median(micros) }
})
