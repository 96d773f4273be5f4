/** Keeps so many tasks going, each beginning anew when it ends, until the time is over and the last one has ended. */
export async function keepBusy(concurrency: number, durationMs: number, task: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + durationMs
  const worker = async () => {
    while (performance.now() < end) await task()
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}
