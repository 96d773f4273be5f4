/** The Unix sockets that the APIs listen on where a folder for them is given. The composition root asks for them. */
import { once } from 'node:events'
import { rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'

/** The path of the socket of one API, by the name that Dapr's SDKs look for. */
export function unixSocketPath(folder: string, appId: string, api: 'http' | 'grpc'): string {
  return join(folder, `dapr-${appId}-${api}.socket`)
}

/**
 * Makes room for a socket: a process that was killed leaves its socket's file behind, on which nobody listens. Other
 * files stay, and are in the way.
 * @throws an error with the code `EADDRINUSE` where somebody listens.
 */
export async function clearUnixSocket(path: string): Promise<void> {
  const file = await stat(path).catch(() => undefined)
  if (!file?.isSocket()) return
  const socket = connect(path)
  const refused = await once(socket, 'connect').then(
    () => false,
    () => true,
  )
  socket.destroy()
  if (!refused) {
    throw Object.assign(new Error(`Cannot listen on ${path}: another process listens there`), { code: 'EADDRINUSE' })
  }
  await rm(path, { force: true })
}
