/** Refuses taken ports before anything starts, with the number, the flag to change and, where known, the holder. */

import type { SidecarSettings } from '@dapr-chat/sidecar'
import { ExitError, exitCodes } from '../exit-code.ts'
import { isPortFree, portHolder } from './ports.ts'

/** The ports that a sidecar opens, by their settings. */
export type PortName = 'httpPort' | 'grpcPort' | 'metricsPort'

/** The flags of `serve` for them. */
const serveFlagNames: Readonly<Record<PortName, string>> = {
  httpPort: '--dapr-http-port',
  grpcPort: '--dapr-grpc-port',
  metricsPort: '--metrics-port',
}

/**
 * Looks at all ports and addresses, so that one start shows all that are taken.
 * @param flags what the ports are called where they are chosen.
 * @throws ExitError for a port that is taken or asked for twice, and for an address that cannot be listened on.
 */
export async function refuseBusyPorts(settings: SidecarSettings, flags = serveFlagNames): Promise<void> {
  const wanted = wantedPorts(settings).map((port) => ({ ...port, flag: flags[port.name] }))
  const problems: string[] = []
  for (const { flag, port, addresses } of wanted) {
    const twin = wanted.find((other) => other.flag !== flag && other.port === port && port !== 0)
    if (twin !== undefined) refuseTwins(flag, twin.flag, port)
    if (settings.app?.port === port) refuseTwins(flag, '--app-port', port)
    if (!(await isFreeOnAll(port, addresses, flag))) problems.push(await busyMessage(port, flag))
  }
  if (problems.length > 0) throw new ExitError(exitCodes.unreachable, problems.join('\n'))
}

/** The ports that will be opened, with their addresses. */
export function wantedPorts(settings: SidecarSettings) {
  const { listenAddresses, metricsListenAddress, unixSocketFolder, metricsEnabled } = settings
  const names: PortName[] = [
    ...(unixSocketFolder === undefined ? (['httpPort', 'grpcPort'] as const) : []),
    ...(metricsEnabled ? (['metricsPort'] as const) : []),
  ]
  return names.map((name) => ({
    name,
    port: settings[name],
    addresses: name === 'metricsPort' ? [metricsListenAddress] : listenAddresses,
  }))
}

function refuseTwins(flag: string, other: string, port: number): never {
  throw new ExitError(exitCodes.usage, `Cannot start: ${flag} and ${other} must differ: both are ${port}`)
}

/**
 * What to say about one taken port.
 * @param flag by which another one is chosen.
 */
export async function busyMessage(port: number, flag: string): Promise<string> {
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
