/**
 * A provider for tests that does exactly what a script says: answers, fails, stalls, breaks off. It runs on a free port
 * of 127.0.0.1, records what it was asked and what became of each connection, and lets a test wait for events instead
 * of sleeping.
 */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type ScriptedAnswer, sendAnswer } from './scripted-answer.ts'

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
  await sendAnswer(response, typeof script === 'function' ? await script(received) : script, (bytes) => {
    received.bytesAccepted += bytes
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
