/** Refuses taken ports before anything starts, with the number, the flag to change and, where known, the holder. */

import { defaultSettings, type SidecarSettings } from '@dapr-chat/sidecar'
import { COMMAND } from '../command-name.ts'
import { ExitError, exitCodes } from '../exit-code.ts'
import { isPortFree, type PortHolder, portHolder } from './ports.ts'

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
  const busy: BusyPort[] = []
  for (const { flag, port, addresses } of wanted) {
    const twin = wanted.find((other) => other.flag !== flag && other.port === port && port !== 0)
    if (twin !== undefined) refuseTwins(flag, twin.flag, port)
    if (settings.app?.port === port) refuseTwins(flag, '--app-port', port)
    if (!(await isFreeOnAll(port, addresses, flag))) busy.push({ flag, port, holder: await portHolder(port) })
  }
  if (busy.length === 0) return
  // The address of a sidecar on a socket is another one.
  const hasAll = settings.unixSocketFolder === undefined && busy.length === wanted.length
  const running = hasAll ? runningSidecar(busy) : undefined
  throw new ExitError(
    exitCodes.unreachable,
    running === undefined ? busyMessage(busy) : runningMessage(running, settings.httpPort, busy),
  )
}

/** A port that is taken. */
export interface BusyPort {
  readonly port: number
  /** By which another one is chosen. */
  readonly flag: string
  /** Who has it, where the system tells. */
  readonly holder: PortHolder | undefined
}

/** The one sidecar that has all of them, told by the name that it gives its process. */
function runningSidecar([first, ...others]: readonly BusyPort[]): PortHolder | undefined {
  const holder = first?.holder
  return holder?.name === 'dapr-chat' && others.every(({ holder: other }) => other?.pid === holder.pid)
    ? holder
    : undefined
}

function runningMessage({ pid }: PortHolder, httpPort: number, busy: readonly BusyPort[]): string {
  const variable = httpPort === defaultSettings.httpPort ? '' : `DAPR_HTTP_PORT=${httpPort} `
  const flags = busy.map(({ flag }) => flag).join(', ')
  return [
    `Cannot start: a sidecar is running already at http://127.0.0.1:${httpPort} (pid ${pid})`,
    `Ask it with ${variable}${COMMAND} ask "Tell me a story", stop it, or choose other ports with ${flags}.`,
  ].join('\n')
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

/** What to say about taken ports: a sentence about one, a line for each of several. */
export function busyMessage(busy: readonly BusyPort[]): string {
  const [first] = busy
  if (first !== undefined && busy.length === 1) {
    const { port, holder, flag } = first
    return `Cannot start: port ${port} must be free: ${holderName(holder)} listens on it; stop it, or choose another port with ${flag}`
  }
  return [
    'Cannot start: these ports must be free; stop what listens on them, or choose others with the flags:',
    ...busy.map(({ port, holder, flag }) => `  port ${port}: ${holderName(holder)} listens on it; ${flag}`),
  ].join('\n')
}

function holderName(holder: PortHolder | undefined): string {
  return holder === undefined ? 'another process' : `${holder.name} (pid ${holder.pid})`
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
