/** Node's HTTP server around a request handler, on one port of several addresses or on a Unix socket. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the listeners are set up. */
export interface HttpListenOptions {
  readonly addresses: readonly string[]
  /** 0 for any free one; the first address chooses, the others follow. */
  readonly port: number
  /** The path of the Unix socket to listen on instead of addresses and port. */
  readonly socket?: string
  /** The largest set of headers, in bytes. */
  readonly maxHeaderBytes: number
}

/** Listeners that answer. */
export interface HttpListeners {
  /** 0 on a Unix socket. */
  readonly port: number
  /** Refuses new connections, gives answers that are just ending up to `limitMs` milliseconds, closes the rest. */
  close(limitMs: number): Promise<void>
}

/**
 * Listens.
 * @throws the system's error where an address cannot be had, such as `EADDRINUSE`.
 */
export async function listenHttp(handler: RequestListener, options: HttpListenOptions): Promise<HttpListeners> {
  const servers: Server[] = []
  let { port } = options
  const close = async (limitMs: number) => {
    const limit = setTimeout(() => {
      for (const server of servers) server.closeAllConnections()
    }, limitMs)
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
    clearTimeout(limit)
  }
  const open = (): Server => {
    const server = createServer(
      // An answer may stream for hours, so that only the headers of a request have a time limit.
      { maxHeaderSize: options.maxHeaderBytes, headersTimeout: 10_000, requestTimeout: 0, keepAliveTimeout: 65_000 },
      handler,
    )
    servers.push(server)
    return server
  }
  try {
    if (options.socket === undefined) {
      for (const address of options.addresses) {
        const bound = await listen(open(), { host: address, port })
        port = (bound as AddressInfo).port
      }
    } else {
      await listen(open(), { path: options.socket })
      port = 0
    }
  } catch (error) {
    await close(0)
    throw error
  }
  return { port, close }
}

type Place = { readonly host: string; readonly port: number } | { readonly path: string }

function listen(server: Server, place: Place): Promise<AddressInfo | string | null> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(place, () => {
      server.off('error', reject)
      resolve(server.address())
    })
  })
}
