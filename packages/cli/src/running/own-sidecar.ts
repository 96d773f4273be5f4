/** Our own sidecar, in this process, for `run` and `dev`. */
import type { Writable } from 'node:stream'
import { createSidecar, type SidecarSettings } from '@dapr-chat/sidecar'
import { ExitError, exitCodes } from '../exit-code.ts'
import { untilAnswering } from '../serving/probe.ts'
import type { RunningSidecar } from './sidecar.ts'

/**
 * Starts it, and waits until it answers on every port.
 * @throws ExitError for settings and components that cannot be used, and for a port that has been taken.
 */
export async function startOwnSidecar(settings: SidecarSettings, logStream?: Writable): Promise<RunningSidecar> {
  const sidecar = await createSidecar({ ...settings, ...(logStream && { logStream }) }).catch((error: Error) => {
    throw new ExitError(exitCodes.usage, error.message, { cause: error })
  })
  try {
    await untilAnswering(await sidecar.listen())
  } catch (error) {
    await sidecar.close()
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new ExitError(exitCodes.unreachable, (error as Error).message, { cause: error })
  }
  return {
    components: sidecar.components.filter(({ state }) => state === 'ready'),
    ended: sidecar.shutdownRequested.then(() => ({})),
    [Symbol.asyncDispose]: () => sidecar.close(),
  }
}
