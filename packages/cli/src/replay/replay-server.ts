/** The provider that `replay` is: it answers every request with the recording, and tells of each what became of it. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sendAnswer } from '@dapr-chat/sidecar/testing'
import { type Replay, replayedAnswer } from './replayed-answer.ts'

/** One request that was answered. */
export interface Replayed {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly status: number
  /** Those of the body that the connection has taken. */
  readonly bytes: number
  readonly durationMs: number
  readonly end: 'whole' | 'cut' | 'left'
}

/** A provider that answers until it is disposed. */
export interface ReplayServer extends AsyncDisposable {
  /** What a component has as its endpoint. */
  readonly endpoint: string
}

/**
 * Starts it on 127.0.0.1.
 * @param onReplayed is told when an answer is over.
 * @throws the system's error where the port cannot be had.
 */
export async function replayServer(
  port: number,
  replay: Replay,
  onReplayed: (replayed: Replayed) => void,
): Promise<ReplayServer> {
  const server = createServer((request, response) => {
    void answer(replay, request, response, onReplayed).catch(() => response.destroy())
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function answer(
  replay: Replay,
  request: IncomingMessage,
  response: ServerResponse,
  onReplayed: (replayed: Replayed) => void,
): Promise<void> {
  const begun = performance.now()
  let bytes = 0
  const left = new AbortController()
  response.on('error', () => {})
  response.on('close', () => {
    left.abort()
    const { method = '', url: path = '' } = request
    const isCut = replay.cut !== undefined && bytes >= replay.cut
    const end = isCut ? 'cut' : response.writableFinished ? 'whole' : 'left'
    const { status } = replay.recording
    onReplayed({ method, path, status, bytes, durationMs: performance.now() - begun, end })
  })
  // Some programs read no answer before they have sent everything.
  for await (const _ of request);
  await sendAnswer(response, replayedAnswer(replay, left.signal), (more) => {
    bytes += more
  })
}
