/** Waits until each port really answers: what the banner and the readiness line promise was seen to be true. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { SidecarAddresses } from '@dapr-chat/sidecar'
import { ExitError, exitCodes } from '../exit-code.ts'

/** How long the ports may take, in milliseconds. */
const LIMIT_MS = 10_000

/**
 * Asks both APIs, and the metrics where they are on, until they answer.
 * @throws ExitError where one does not answer in time.
 */
export async function untilAnswering({ http, grpc, metrics }: SidecarAddresses): Promise<void> {
  const deadline = AbortSignal.timeout(LIMIT_MS)
  await Promise.all([
    until(
      // `fetch` does not know sockets.
      () => (isSocket(http) ? accepts(http) : isServed(`${http}/v1.0/healthz/outbound`, deadline)),
      http,
      deadline,
    ),
    ...(metrics === '' ? [] : [until(() => isServed(`${metrics}/metrics`, deadline), metrics, deadline)]),
    until(() => accepts(grpc), grpc, deadline),
  ])
}

async function until(check: () => Promise<boolean>, address: string, deadline: AbortSignal): Promise<void> {
  while (!(await check())) {
    if (deadline.aborted) {
      throw new ExitError(
        exitCodes.failure,
        `Cannot start: ${address} must answer: it did not within ${LIMIT_MS / 1000} seconds`,
      )
    }
    await pause(20)
  }
}

async function isServed(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}

/** Whether an address is that of a Unix socket. */
function isSocket(address: string): boolean {
  return address.startsWith('unix:')
}

async function accepts(address: string): Promise<boolean> {
  const socket = isSocket(address) ? connect(address.slice('unix:'.length)) : connectToPort(address)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

function connectToPort(address: string): Socket {
  const { hostname, port } = new URL(`tcp://${address}`)
  return connect(Number(port), hostname.replace(/^\[|\]$/g, ''))
}
