/** Refuses taken ports before anything starts, with the number, the flag to change and, where known, the holder. */

import type { SidecarSettings } from '@dapr-chat/sidecar'
import { ExitError, exitCodes } from '../exit-code.ts'
import { isPortFree, portHolder } from './ports.ts'

const flags = {
  httpPort: '--dapr-http-port',
  grpcPort: '--dapr-grpc-port',
  metricsPort: '--metrics-port',
} as const

/**
 * Looks at all ports and addresses, so that one start shows all that are taken.
 * @throws ExitError for a port that is taken or asked for twice, and for an address that cannot be listened on.
 */
export async function refuseBusyPorts(settings: SidecarSettings): Promise<void> {
  const names = ['httpPort', 'grpcPort', 'metricsPort'] as const
  const problems: string[] = []
  for (const name of names) {
    const port = settings[name]
    const twin = names.find((other) => other !== name && settings[other] === port && port !== 0)
    if (twin !== undefined) {
      throw new ExitError(
        exitCodes.usage,
        `Cannot start: ${flags[name]} and ${flags[twin]} must differ: both are ${port}`,
      )
    }
    if (!(await isFreeOnAll(port, settings.listenAddresses, flags[name])))
      problems.push(await busyMessage(port, flags[name]))
  }
  if (problems.length > 0) throw new ExitError(exitCodes.unreachable, problems.join('\n'))
}

/** The message for one taken port. */
async function busyMessage(port: number, flag: string): Promise<string> {
  const holder = await portHolder(port)
  const who = holder === undefined ? 'another process' : `${holder.name} (pid ${holder.pid})`
  return `Cannot start: port ${port} must be free: ${who} listens on it; stop it, or choose another port with ${flag}`
}

async function isFreeOnAll(port: number, addresses: readonly string[], flag: string): Promise<boolean> {
  for (const address of addresses) {
    try {
      if (!(await isPortFree(port, address))) return false
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new ExitError(exitCodes.usage, `Cannot listen on ${address} with ${flag} ${port}: ${reason}`)
    }
  }
  return true
}
