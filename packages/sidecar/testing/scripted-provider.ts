/**
 * A provider for tests that does exactly what a script says: answers, fails, stalls, breaks off. It runs on a free port
 * of 127.0.0.1, records what it was asked and what became of each connection, and lets a test wait for events instead
 * of sleeping.
 */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A piece of a body that resets the connection instead of sending anything. */
export const reset: unique symbol = Symbol('reset')

/** One thing to do with the connection: write these bytes, or reset it. */
export type Piece = string | Uint8Array | typeof reset

/** What the provider answers to one request. */
export interface ScriptedAnswer {
  /** @default 200 */
  readonly status?: number
  /** Added to, and winning over, the content type of an event stream. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * The body: whole, in one write with its end, or piece by piece, each in a write of its own that is awaited. A
   * generator waits wherever the script wants silence; one that waits for ever stalls until the connection closes.
   */
  readonly body: string | Uint8Array | Iterable<Piece> | AsyncIterable<Piece>
}

/** One answer for every request, or a function that decides; while its promise is open no header is sent. */
export type Script = ScriptedAnswer | ((request: ReceivedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>)

/** A request as it arrived. */
export interface ReceivedRequest {
  /** Counts the requests from 0. */
  readonly index: number
  /** Which connection brought it; they count from 0 too. */
  readonly connection: number
  /** Path and query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The body, parsed as JSON. */
  readonly body: unknown
  /** Bytes of the answer's body that the connection has taken so far. */
  readonly bytesAccepted: number
}

/** A running provider; `await using` stops it. */
export interface ScriptedProvider extends AsyncDisposable {
  /** The endpoint to configure: `http://127.0.0.1:PORT/v1`. */
  readonly url: string
  /** Everything that arrived so far. */
  readonly requests: readonly ReceivedRequest[]
  /** The number of connections that were opened so far. */
  readonly connections: number
  /** The request of that index, once it has arrived whole. */
  requestArrived(index?: number): Promise<ReceivedRequest>
  /** The time at which the connection of that index closed, in milliseconds of `performance.now()`. */
  connectionClosed(index?: number): Promise<number>
}

/** Silence without an end: `await silence` in a body or before an answer stalls until the connection closes. */
export const silence: Promise<never> = new Promise<never>(() => {})

/** Starts a provider that follows the script. */
export async function scriptedProvider(script: Script): Promise<ScriptedProvider> {
  const requests = new Arrivals<ReceivedRequest>()
  const closings: Promise<number>[] = []
  const opened = new Arrivals<Socket>()
  const server = createServer((request, response) => {
    void answer(script, request, response, requests, opened).catch(() => response.destroy())
  })
  // Keep-alive connections stay open until the test is over.
  server.keepAliveTimeout = 0
  server.on('connection', (socket) => {
    closings.push(new Promise((resolve) => socket.once('close', () => resolve(performance.now()))))
    opened.add(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests: requests.all,
    get connections() {
      return opened.all.length
    },
    requestArrived: (index = 0) => requests.at(index),
    async connectionClosed(index = 0) {
      await opened.at(index)
      return (await closings[index]) ?? Number.NaN
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function answer(
  script: Script,
  request: IncomingMessage,
  response: ServerResponse,
  requests: Arrivals<ReceivedRequest>,
  opened: Arrivals<Socket>,
): Promise<void> {
  // A test that breaks connections has errors on both ends; the client's end is the one under test.
  response.on('error', () => {})
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  const received = {
    index: requests.all.length,
    connection: opened.all.indexOf(request.socket),
    path: request.url ?? '',
    headers: request.headers,
    body: JSON.parse(text) as unknown,
    bytesAccepted: 0,
  }
  requests.add(received)
  const { status = 200, headers = {}, body } = typeof script === 'function' ? await script(received) : script
  response.writeHead(status, { 'content-type': 'text/event-stream', ...headers })
  response.flushHeaders()
  if (typeof body === 'string' || body instanceof Uint8Array) {
    response.end(body, () => {
      received.bytesAccepted = Buffer.byteLength(body)
    })
    return
  }
  for await (const piece of body) {
    if (response.destroyed) return
    if (piece === reset) {
      request.socket.resetAndDestroy()
      return
    }
    if (piece.length > 0) await write(response, piece)
    received.bytesAccepted += Buffer.byteLength(piece)
  }
  response.end()
}

/** Waits until the connection has taken the piece; a connection that closes takes nothing any more. */
function write(response: ServerResponse, piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(piece, (error) => (error ? reject(error) : resolve()))
  })
}

/** Things that arrive in order and can be awaited by their place. */
class Arrivals<T> {
  readonly all: T[] = []
  #waiting: { index: number; resolve: (value: T) => void }[] = []

  add(value: T): void {
    const index = this.all.push(value) - 1
    for (const waiter of this.#waiting) if (waiter.index === index) waiter.resolve(value)
    this.#waiting = this.#waiting.filter((waiter) => waiter.index !== index)
  }

  at(index: number): Promise<T> {
    const value = this.all[index]
    if (value !== undefined) return Promise.resolve(value)
    return new Promise((resolve) => this.#waiting.push({ index, resolve }))
  }
}
