/**
 * What a program has written and nobody has shown yet when it ends. `run` waits for it, however slowly it is read; but not
 * for somebody else who still holds the program's output and says nothing.
 */
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'

/** How long nothing may come until nothing is expected any more, in milliseconds. */
const SILENCE_MS = 1_000

/** Waits until all has been passed on, or until nothing comes any more. */
export async function untilSilent(
  passedOn: Promise<unknown>,
  from: readonly Socket[],
  to: readonly Writable[],
): Promise<void> {
  const ended = passedOn.then(() => true)
  let before = -1
  for (;;) {
    if (await Promise.race([ended, pause(SILENCE_MS, false, { ref: false })])) return
    const read = from.reduce((sum, { bytesRead }) => sum + bytesRead, 0)
    const waiting = [...from.map((stream) => stream.readableLength), ...to.map((stream) => stream.writableLength)]
    if (read === before && waiting.every((length) => length === 0)) {
      // An open one would keep this process from ending.
      for (const stream of from) stream.destroy()
      return
    }
    before = read
  }
}
