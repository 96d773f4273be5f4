/** `--wait`: what scripts call to go on once a sidecar that somebody else starts is ready. */
import { setTimeout as pause } from 'node:timers/promises'
import { ExitError, exitCodes } from '../exit-code.ts'

/** As daprd: every 100 ms, for a minute. */
const PERIOD_MS = 100
const LIMIT_MS = 60_000

/**
 * Asks for the health of the sidecar on a port of this machine until it is ready.
 * @param signal says that nobody waits any more; its reason is thrown.
 * @throws ExitError where it is not ready within `limitMs` milliseconds.
 */
export async function untilReady(port: number, limitMs: number = LIMIT_MS, signal?: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(limitMs)
  const given = signal ? AbortSignal.any([deadline, signal]) : deadline
  while (!(await isReady(port, given))) {
    signal?.throwIfAborted()
    if (deadline.aborted) {
      throw new ExitError(
        exitCodes.unreachable,
        `Cannot wait any longer: a sidecar must be ready on port ${port}: it was not within ${limitMs / 1000} seconds`,
      )
    }
    await pause(PERIOD_MS)
  }
}

async function isReady(port: number, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`http://localhost:${port}/v1.0/healthz/outbound`, { signal })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
