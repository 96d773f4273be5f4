/** Whether the collectors that telemetry is to go to can be reached: a connection is opened and closed again, nothing is sent. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { defaultSettings, readTelemetryPlan } from '@dapr-chat/sidecar'
import type { Environment } from '../environment.ts'
import type { Check } from './check.ts'

/** How long a collector may take to take a connection, in milliseconds. */
const CONNECT_MS = 1_000

/** The ports of addresses that name none, by their scheme. */
const standardPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/** One check for each collector of the environment; what a Configuration names, only `serve` knows. */
export async function otlpChecks(environment: Environment): Promise<readonly Check[]> {
  const problems: string[] = []
  const plan = readTelemetryPlan({
    environment,
    tracing: undefined,
    appId: defaultSettings.appId,
    warn: (message) => problems.push(message),
  })
  const urls = [plan?.traces, plan?.metrics].flatMap((destination) => destination?.collector?.url ?? [])
  const places = new Map(urls.filter((url) => URL.canParse(url)).map((url) => [new URL(url).host, new URL(url)]))
  const wrong = problems.map((result): Check => ({ check: 'otlp', state: 'warning', result }))
  if (places.size === 0) {
    return [...wrong, { check: 'otlp', state: 'ok', result: 'no collector set, so that nothing is sent' }]
  }
  return [...wrong, ...(await Promise.all([...places.values()].map(collectorCheck)))]
}

/** Addresses may hold passwords: of them the host is told alone. */
async function collectorCheck({ hostname, host, port, protocol }: URL): Promise<Check> {
  const socket = connect(Number(port) || (standardPorts[protocol] ?? 0), hostname.replaceAll(/^\[|\]$/g, ''))
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) })
    return { check: 'otlp', state: 'ok', result: `a collector takes connections at ${host}` }
  } catch {
    const todo = 'start the collector, or unset OTEL_EXPORTER_OTLP_ENDPOINT'
    return { check: 'otlp', state: 'warning', result: `no collector takes connections at ${host}`, todo }
  } finally {
    socket.destroy()
  }
}
