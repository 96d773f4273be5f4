/** Streams that their callers leave after the first token, thousands of them: what stays behind. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from '../load/caller.ts'
import type { Figures } from './figures.ts'
import { measurement } from './measurement.ts'
import { repeat } from './repeat.ts'

const CONCURRENCY = 50
/** Slow, so that streams that a server does not let go of cost the provider little. */
const SCRIPT = { tokens: 30, everyMs: 1_000 }
/** How long the provider's side may take to learn of the last one, in milliseconds. */
const SETTLE_MS = 2_000

export const cancels = measurement('cancels', async ({ caller, server }, { plan, provider }): Promise<Figures> => {
  if (!server) return {}
  const { before: warmUp, counted } = plan.cancels
  await cancelStreams(caller, warmUp)
  await sleep(SETTLE_MS)
  const before = await server.usage({ collect: true })
  await cancelStreams(caller, counted)
  await sleep(SETTLE_MS)
  const after = await server.usage({ collect: true })
  return {
    cancelledHeldBytes: (after.heldBytes - before.heldBytes) / counted,
    cancelledResidentBytes: (after.residentBytes - before.residentBytes) / counted,
    cancelledStillOpen: Number(await (await fetch(`${provider}/open`)).text()),
  }
})

function cancelStreams(caller: Caller, count: number): Promise<void> {
  return repeat(CONCURRENCY, count, () => {
    const stream = caller.stream(SCRIPT, () => stream.cancel())
    return stream.ended
  })
}
