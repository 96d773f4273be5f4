/**
 * Loaded into every process under test (`node --import`): answers over IPC what the process has cost so far. The process
 * ends when the benchmark lets go of it, or dies.
 */

/** What the benchmark asks. */
export interface UsageQuestion {
  readonly id: number
  /** Whether garbage is collected first, so that memory shows what is held and not what is waiting to be freed. */
  readonly collect: boolean
}

/** What a process has cost. */
export interface Usage {
  /** CPU time since its start, user and system, all threads, in microseconds. */
  readonly cpuMicros: number
  /** Resident memory, in bytes. */
  readonly residentBytes: number
  /** Live objects and the buffers that they hold, in bytes. */
  readonly heldBytes: number
}

/** What a process tells the benchmark. */
export type ProbeMessage = { readonly ready: string } | { readonly id: number; readonly usage: Usage }

/** Says where this process answers. */
export function announce(address: string): void {
  tell({ ready: address })
}

function tell(message: ProbeMessage): void {
  process.send?.(message)
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { cpuMicros: user + system, residentBytes: rss, heldBytes: heapUsed + external }
}

process.on('message', ({ id, collect }: UsageQuestion) => {
  if (collect) globalThis.gc?.()
  // The first collection runs finalizers, whose objects only the second one frees.
  setImmediate(() => {
    if (collect) globalThis.gc?.()
    tell({ id, usage: usage() })
  })
})
process.on('disconnect', () => process.exit(0))
