/** An HTTP server that answers as a test says, and remembers what it was asked. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as it came. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Resolves when the answer's connection has been closed, by whichever side. */
  readonly closed: Promise<unknown>
}

/** Answers one request. */
export type Answering = (response: ServerResponse, request: SeenRequest) => void | Promise<void>

/** A running server. */
export interface FakeSidecar extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly SeenRequest[]
}

/** Starts a server on a free port of this machine. */
export async function startFakeSidecar(answering: Answering): Promise<FakeSidecar> {
  const requests: SeenRequest[] = []
  const server = createServer(async (incoming, response) => {
    let body = ''
    for await (const chunk of incoming.setEncoding('utf8')) body += chunk
    const { method = '', url = '', headers } = incoming
    const request = { method, path: url, headers, body, closed: once(response, 'close') }
    requests.push(request)
    await answering(response, request)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Answers with JSON. */
export function answerJson(response: ServerResponse, body: unknown, status = 200, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** Begins an event stream. */
export function beginEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
}

/** A frame of Dapr's alpha2 stream, as it stands in an event stream. */
export function frame(choice: object, more: object = {}): string {
  return `data: ${JSON.stringify({ choices: [choice], ...more })}\n\n`
}

/** The frames of a short answer in words, with its end. */
export function wordsAsFrames(words: readonly string[], usage?: object): string {
  const frames = words.map((content) => frame({ delta: { content } }))
  const last = usage === undefined ? '' : `data: ${JSON.stringify({ usage })}\n\n`
  return `${frames.join('')}${frame({ finishReason: 'stop' })}${last}data: [DONE]\n\n`
}
