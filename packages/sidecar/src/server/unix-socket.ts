/** The Unix sockets that the APIs listen on where a folder for them is given. The composition root asks for them. */
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'

/** The path of the socket of one API, by the name that Dapr's SDKs look for. */
export function unixSocketPath(folder: string, appId: string, api: 'http' | 'grpc'): string {
  return join(folder, `dapr-${appId}-${api}.socket`)
}

/**
 * Makes room for a socket: a process that was killed leaves its socket's file behind, on which nobody listens.
 * @throws an error with the code `EADDRINUSE` where somebody does listen.
 */
export async function clearUnixSocket(path: string): Promise<void> {
  const socket = connect(path)
  const failure: NodeJS.ErrnoException | undefined = await once(socket, 'connect').then(
    () => undefined,
    (error) => error,
  )
  socket.destroy()
  if (failure === undefined) {
    throw Object.assign(new Error(`Cannot listen on ${path}: another process listens there`), { code: 'EADDRINUSE' })
  }
  // Refused: the file is a socket without its process. Where there is no file there is nothing to do.
  if (failure.code === 'ECONNREFUSED') await rm(path, { force: true })
}
