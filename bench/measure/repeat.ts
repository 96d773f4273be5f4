/** Ways to keep a server busy: so many tasks at a time, each beginning anew when it ends. */

/** For so long; ends when the last task has ended. */
export async function keepBusy(concurrency: number, durationMs: number, task: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + durationMs
  await atOnce(concurrency, () => performance.now() < end, task)
}

/** For so many tasks. */
export async function repeat(concurrency: number, times: number, task: () => Promise<unknown>): Promise<void> {
  let left = times
  await atOnce(concurrency, () => left-- > 0, task)
}

async function atOnce(concurrency: number, more: () => boolean, task: () => Promise<unknown>): Promise<void> {
  const worker = async () => {
    while (more()) await task()
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}
