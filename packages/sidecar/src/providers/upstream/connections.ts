/**
 * The connections of one provider: undici's pool, set up for streams, and one thing that it lacks: a connection that
 * is still being made can be given up. Without that, a caller who leaves, or a connect clock that runs out, would
 * leave a socket behind for as long as the other side keeps silent. `Exchange` sends its requests through this.
 */
import { Socket } from 'node:net'
import { buildConnector, type Dispatcher, Pool } from 'undici'

/** What `Exchange` needs of the connections to a provider. */
export class Connections {
  readonly #pool: Pool
  readonly #connecting = new Set<Socket>()
  #opened: Socket | undefined

  /** @param origin scheme, host and port of the provider. */
  constructor(origin: string) {
    const connect = buildConnector({ timeout: 0, allowH2: false })
    // One request at a time on a connection, or a short answer would wait behind a long one. As many connections as
    // there are calls. Timers off: the clocks of the call know what they time.
    this.#pool = new Pool(origin, {
      pipelining: 1,
      connections: null,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => {
        // The connector returns its socket, which its type does not say.
        const socket: unknown = connect(options, (...result) => {
          if (socket instanceof Socket) this.#connecting.delete(socket)
          callback(...result)
        })
        if (!(socket instanceof Socket)) return
        this.#connecting.add(socket)
        this.#opened = socket
      },
    })
  }

  /**
   * Sends a request.
   * @returns the socket that was opened for it, to be destroyed where the request is given up before it starts;
   * `undefined` where a connection stood ready.
   */
  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): Socket | undefined {
    this.#opened = undefined
    // The pool connects before this returns, so the socket belongs to this request and to no other.
    this.#pool.dispatch(request, handler)
    return this.#opened
  }

  /** Closes all connections, those that are being made too. */
  async close(): Promise<void> {
    for (const socket of this.#connecting) socket.destroy(new Error('the provider has been closed'))
    await this.#pool.destroy()
  }
}
