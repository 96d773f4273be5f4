/**
 * The connections of one exporter, so that a collector which does not answer keeps no process from ending. The packages of
 * OpenTelemetry wait for one as long as a batch may take, whoever wants to end meanwhile, and have no setting for it; their
 * exporters are therefore taken by what is inside of them, and left as they are where that has another shape.
 */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'

/** What is inside of an exporter, as far as it is known. */
interface ExporterInside {
  readonly _delegate?: { readonly _transport?: Transport }
}

interface Transport {
  /** Over HTTP: makes another try, later. */
  retry?(data: Uint8Array, timeoutMs: number, inMs: number): Promise<unknown>
  /** Over HTTP: the transport that is tried again. */
  readonly _transport?: { send(data: Uint8Array, timeoutMs: number): Promise<unknown> }
  /** Over gRPC: comes with the first batch. */
  _client?: GrpcClient | undefined
}

interface GrpcClient {
  export(...given: readonly unknown[]): GrpcCall
  close(): void
}

interface GrpcCall {
  cancel(): void
  on(event: 'status', listener: () => void): unknown
}

/** The connections. */
export class Connections {
  readonly #agents = new Set<HttpAgent>()
  readonly #calls = new Set<GrpcCall>()
  #client: GrpcClient | undefined

  /** An agent for HTTP or HTTPS, whose connections are these. */
  agent(protocol: string): HttpAgent {
    const agent = protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
    this.#agents.add(agent)
    return agent
  }

  /** The exporter is theirs: a batch that waits for another try keeps no process that has nothing else to do. */
  own(exporter: object): void {
    const transport = (exporter as ExporterInside)._delegate?._transport
    if (transport === undefined) return
    const once = transport._transport
    if (once) {
      transport.retry = async (data, timeoutMs, inMs) => {
        await pause(inMs, undefined, { ref: false })
        return once.send(data, timeoutMs)
      }
    } else if ('_client' in transport) {
      Object.defineProperty(transport, '_client', {
        get: () => this.#client,
        set: (client: GrpcClient | undefined) => {
          this.#client = client
          if (client) this.#watch(client)
        },
      })
    }
  }

  /** Closes all of them, requests in progress too. */
  close(): void {
    for (const agent of this.#agents) agent.destroy()
    for (const call of this.#calls) call.cancel()
    this.#client?.close()
  }

  #watch(client: GrpcClient): void {
    const send = client.export.bind(client)
    client.export = (...given) => {
      const call = send(...given)
      this.#calls.add(call)
      call.on('status', () => this.#calls.delete(call))
      return call
    }
  }
}
