/** The ports of a sidecar that nobody named: its standard ones, or free ones where those are taken. Called by `run`. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { SidecarSettings } from '@dapr-chat/sidecar'
import { type PortName, wantedPorts } from '../serving/busy-ports.ts'
import { isPortFree } from '../serving/ports.ts'

/** A port that was taken, and the one that is used for it. */
export interface MovedPort {
  readonly name: PortName
  readonly from: number
  readonly to: number
}

/** Settings with ports, and what was changed for it. */
export interface PortChoice {
  readonly settings: SidecarSettings
  readonly moved: readonly MovedPort[]
}

/**
 * Decides on each port, so that it is known before the sidecar and its app start: 0 becomes a free one, and so does a
 * taken one that is not among `named`.
 */
export async function choosePorts(given: SidecarSettings, named: ReadonlySet<PortName>): Promise<PortChoice> {
  let settings = given
  const moved: MovedPort[] = []
  for (const { name, port: from, addresses } of wantedPorts(given)) {
    if (from !== 0 && (named.has(name) || (await isFreeOnAll(from, addresses)))) continue
    const to = await freePort(addresses).catch(() => from)
    settings = { ...settings, [name]: to }
    if (from !== 0) moved.push({ name, from, to })
  }
  return { settings, moved }
}

/** An address that cannot be listened on at all is complained of by who looks at all of them. */
async function isFreeOnAll(port: number, addresses: readonly string[]): Promise<boolean> {
  for (const address of addresses) {
    if (!(await isPortFree(port, address).catch(() => true))) return false
  }
  return true
}

/**
 * A port that is free on all of the addresses.
 * @throws the system's error where one of them cannot be listened on.
 */
async function freePort(addresses: readonly string[]): Promise<number> {
  for (;;) {
    const server = createServer().listen({ port: 0, host: addresses[0], exclusive: true })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    if (await isFreeOnAll(port, addresses)) return port
  }
}
