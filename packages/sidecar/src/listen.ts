/** Opens what a sidecar answers on: both APIs on ports or on Unix sockets, and the metrics. Called by `sidecar.ts`. */
import type { RequestListener } from 'node:http'
import type { Server } from '@grpc/grpc-js'
import { bindGrpc, bindGrpcSocket, closeGrpc } from './server/grpc.ts'
import { type HttpListeners, listenHttp } from './server/http.ts'
import { clearUnixSocket, unixSocketPath } from './server/unix-socket.ts'
import type { SidecarSettings } from './settings.ts'

/** Where a sidecar answers. */
export interface SidecarAddresses {
  /** Base URL of the HTTP API; `unix:` and a path where it listens on a socket. */
  readonly http: string
  /** `host:port` of the gRPC API; `unix:` and a path where it listens on a socket. */
  readonly grpc: string
  /** Base URL of the metrics; empty where they are off. */
  readonly metrics: string
  /** URL of the console's page; empty where there is none, and on a socket, which no browser opens. */
  readonly console: string
}

/** What is to answer. */
export interface ListenOptions {
  readonly settings: SidecarSettings
  readonly http: RequestListener
  readonly grpc: Server
  /** Absent where metrics are off. */
  readonly metrics: RequestListener | undefined
  /** Whether the HTTP API serves the console. */
  readonly hasConsole: boolean
}

/** What answers. */
export interface Listeners {
  readonly addresses: SidecarAddresses
  /** Refuses new connections and gives answers that are just ending up to `limitMs` milliseconds. */
  close(limitMs: number): Promise<void>
}

/**
 * Listens.
 * @throws the system's error where a port or a socket cannot be had, such as `EADDRINUSE`; nothing listens then.
 */
export async function openListeners({ settings, http, grpc, metrics, hasConsole }: ListenOptions): Promise<Listeners> {
  const opened: HttpListeners[] = []
  const close = async (limitMs: number) => {
    await Promise.all([closeGrpc(grpc, limitMs), ...opened.map((listener) => listener.close(limitMs))])
  }
  const listen = async (handler: RequestListener, addresses: readonly string[], port: number, socket?: string) => {
    const { maxHeaderBytes } = settings
    const listeners = await listenHttp(handler, { addresses, port, maxHeaderBytes, ...(socket && { socket }) })
    opened.push(listeners)
    return listeners.port
  }
  try {
    const apis = await (settings.unixSocketFolder === undefined
      ? onPorts(settings, http, grpc, listen)
      : onSockets(settings, settings.unixSocketFolder, http, grpc, listen))
    const { metricsListenAddress: address } = settings
    const port = metrics && (await listen(metrics, [address], settings.metricsPort))
    const page = hasConsole && settings.unixSocketFolder === undefined ? `${apis.http}/console` : ''
    return {
      addresses: { ...apis, metrics: port ? `http://${hostName(address)}:${port}` : '', console: page },
      close,
    }
  } catch (error) {
    await close(0)
    throw error
  }
}

type Listen = (handler: RequestListener, addresses: readonly string[], port: number, socket?: string) => Promise<number>

async function onPorts(settings: SidecarSettings, http: RequestListener, grpc: Server, listen: Listen) {
  const { listenAddresses: addresses } = settings
  const httpPort = await listen(http, addresses, settings.httpPort)
  let grpcPort = settings.grpcPort
  for (const address of addresses) grpcPort = await bindGrpc(grpc, address, grpcPort)
  const name = hostName(addresses[0] ?? '127.0.0.1')
  return { http: `http://${name}:${httpPort}`, grpc: `${name}:${grpcPort}` }
}

async function onSockets(
  { appId }: SidecarSettings,
  folder: string,
  http: RequestListener,
  grpc: Server,
  listen: Listen,
) {
  const paths = { http: unixSocketPath(folder, appId, 'http'), grpc: unixSocketPath(folder, appId, 'grpc') }
  await clearUnixSocket(paths.http)
  await listen(http, [], 0, paths.http)
  await clearUnixSocket(paths.grpc)
  await bindGrpcSocket(grpc, paths.grpc)
  return { http: `unix:${paths.http}`, grpc: `unix:${paths.grpc}` }
}

/** An address as it stands in a URL. */
function hostName(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
