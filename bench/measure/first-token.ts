/**
 * The time to the first token at low load. Calls begin at fixed moments, whether the earlier ones have ended or not, and
 * are timed from the moment they were due: a server that stalls is charged for everyone who had to wait.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from '../load/caller.ts'
import { measurement } from './measurement.ts'
import { percentile } from './statistics.ts'

/** Between two calls, in milliseconds. */
const EVERY_MS = 20
const SCRIPT = { tokens: 5, everyMs: 0 }
const WARM_UP_CALLS = 200

export const firstToken = measurement('first-token', async ({ caller }, { plan }) => {
  await callAtFixedTimes(caller, WARM_UP_CALLS, 2)
  const times = await callAtFixedTimes(caller, plan.firstTokens, EVERY_MS)
  return { firstTokenP50Ms: percentile(times, 0.5), firstTokenP99Ms: percentile(times, 0.99) }
})

async function callAtFixedTimes(caller: Caller, calls: number, everyMs: number): Promise<number[]> {
  const times: number[] = []
  const ends: Promise<number>[] = []
  const start = performance.now() + everyMs
  for (let call = 0; call < calls; call += 1) {
    const due = start + call * everyMs
    await sleep(Math.max(0, due - performance.now()))
    let waiting = true
    const stream = caller.stream(SCRIPT, () => {
      if (waiting) times.push(performance.now() - due)
      waiting = false
    })
    ends.push(stream.ended)
  }
  await Promise.all(ends)
  return times
}
