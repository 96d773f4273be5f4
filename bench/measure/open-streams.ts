/** A number of streams that stay open, for measurements to count what comes in. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from '../load/caller.ts'

/** More than any measurement takes in: the streams are left, they do not end. */
const ENDLESS = 1_000_000

/** Streams that a measurement holds open. */
export interface HeldStreams {
  /** How many tokens have come since the streams were opened. */
  readonly tokens: number
  /** The pauses between tokens of the same stream, in milliseconds, since the last call. */
  takeGaps(): number[]
  /** Leaves all of them. */
  leave(): Promise<void>
}

/** Opens streams, spread over one period so that no two send at the same moment, and waits for all first tokens. */
export async function holdStreams(caller: Caller, count: number, everyMs: number): Promise<HeldStreams> {
  let tokens = 0
  let gaps: number[] = []
  const open = () => {
    let last = 0
    const { promise, resolve } = Promise.withResolvers<void>()
    const stream = caller.stream({ tokens: ENDLESS, everyMs }, (frames) => {
      tokens += frames
      const now = performance.now()
      if (last > 0) gaps.push(now - last)
      last = now
      resolve()
    })
    const begun = Promise.race([promise, stream.ended])
    return { stream, begun }
  }
  const opened: ReturnType<typeof open>[] = []
  const batch = Math.ceil(count / everyMs)
  while (opened.length < count) {
    for (let next = 0; next < batch && opened.length < count; next += 1) opened.push(open())
    await sleep(1)
  }
  await Promise.all(opened.map(({ begun }) => begun))
  return {
    get tokens() {
      return tokens
    },
    takeGaps() {
      const taken = gaps
      gaps = []
      return taken
    },
    async leave() {
      for (const { stream } of opened) stream.cancel()
      await Promise.all(opened.map(({ stream }) => stream.ended))
    },
  }
}
