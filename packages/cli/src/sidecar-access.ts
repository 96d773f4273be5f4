/**
 * Where `ask` and `chat` get their sidecar from: the one that runs, or an embedded one for the time of the command.
 * Both are spoken to over HTTP by the same client, so a command does not care which it has.
 */
import { type ComponentInfo, DaprChatClient, type RetryPolicy } from '@dapr-chat/client'
import { standardFolder } from './built-in-components.ts'
import type { Environment } from './environment.ts'
import { ExitError, exitCodes } from './exit-code.ts'
import { type LeftOutComponents, leftOutAmong, leftOutAt } from './left-out.ts'

/** A sidecar that answers. */
export interface SidecarAccess extends AsyncDisposable {
  /** Base address of its HTTP API. */
  readonly http: string
  readonly isEmbedded: boolean
  /** The conversation components that can be asked. */
  readonly components: readonly Pick<ComponentInfo, 'name' | 'type'>[]
  /** The components that cannot be asked. A running sidecar is only asked about them when somebody wants one. */
  readonly leftOut: () => Promise<LeftOutComponents>
  /** A client for one of its components. */
  connect(component: string): DaprChatClient
}

/** How long a sidecar may take to say that it is there, in milliseconds. */
const PROBE_MS = 1_000

/**
 * Somebody waits before the terminal: a provider that wants to be left alone for longer than this, in milliseconds, is
 * told of at once.
 */
const retry: RetryPolicy = { maxRetryAfterMs: 5_000 }

/** How long it may take to list its components, in milliseconds. */
const METADATA_MS = 10_000

/**
 * Finds the running sidecar, or starts one.
 * @throws ExitError where an address was set that is none or does not answer, or an embedded sidecar cannot start.
 */
export async function openSidecar(environment: Environment): Promise<SidecarAccess> {
  const { http, setBy } = usableAddress(environment)
  const found = await lookAt(http)
  if (found === 'sidecar') return runningSidecar(http, environment.DAPR_API_TOKEN || undefined)
  if (setBy !== undefined) {
    const todo =
      found === 'stranger'
        ? `what listens there is no Dapr sidecar; set ${setBy} to where one has its HTTP API, or unset it`
        : `start one there, or unset ${setBy}`
    throw new ExitError(
      exitCodes.unreachable,
      `Cannot reach a sidecar at ${http}, where ${setBy} points: ${todo} to use an embedded one`,
    )
  }
  return embeddedSidecar(environment)
}

/**
 * Where a sidecar is looked for.
 * @throws ExitError where an address was set that is none.
 */
export function usableAddress(environment: Environment): ReturnType<typeof sidecarAddress> {
  const { http, setBy } = sidecarAddress(environment)
  if (setBy === 'DAPR_HTTP_PORT' && !isPort(environment.DAPR_HTTP_PORT)) {
    throw new ExitError(
      exitCodes.usage,
      `Cannot use DAPR_HTTP_PORT: it must be a number from 1 to 65535, such as 3500: current value is "${environment.DAPR_HTTP_PORT}"`,
    )
  }
  if (URL.canParse(http)) return { http, setBy }
  throw new ExitError(
    exitCodes.usage,
    `Cannot use ${setBy}: it must lead to an address such as http://127.0.0.1:3500: it leads to ${http}`,
  )
}

/** Where a sidecar is looked for, and the variable that says so. */
export function sidecarAddress(environment: Environment): { http: string; setBy: string | undefined } {
  const { DAPR_HTTP_ENDPOINT: endpoint, DAPR_HTTP_PORT: port } = environment
  if (endpoint) {
    const http = endpoint.includes('://') ? endpoint : `http://${endpoint}`
    return { http: http.replace(/\/+$/, ''), setBy: 'DAPR_HTTP_ENDPOINT' }
  }
  return { http: `http://127.0.0.1:${port || 3500}`, setBy: port ? 'DAPR_HTTP_PORT' : undefined }
}

function isPort(text = ''): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
}

/**
 * What is at an address. A healthy sidecar answers 204, and nothing else that is well; a page, or the metrics of one,
 * comes with 200 or is not found. Any other failure may be that of a sidecar, or of what stands before it.
 */
async function lookAt(http: string): Promise<'sidecar' | 'stranger' | 'nothing'> {
  try {
    const response = await fetch(`${http}/v1.0/healthz/outbound`, { signal: AbortSignal.timeout(PROBE_MS) })
    await response.body?.cancel()
    if (response.status === 204) return 'sidecar'
    return response.ok || [400, 404, 405].includes(response.status) ? 'stranger' : 'nothing'
  } catch (error) {
    // It took the connection and does not speak HTTP/1.1: the gRPC port, for one.
    const { cause } = error as Error
    return cause instanceof Error && ['HTTPParserError', 'SocketError'].includes(cause.name) ? 'stranger' : 'nothing'
  }
}

/** @throws DaprChatError where the sidecar does not tell what it has: it asks for another token, for one. */
async function runningSidecar(http: string, apiToken: string | undefined): Promise<SidecarAccess> {
  const options = { endpoint: { http }, retry, ...(apiToken !== undefined && { apiToken }) }
  return {
    http,
    isEmbedded: false,
    components: await new DaprChatClient(options).components({ timeoutMs: METADATA_MS }),
    leftOut: () => leftOutAt(http, apiToken),
    connect: (component) => new DaprChatClient({ ...options, component }),
    async [Symbol.asyncDispose]() {},
  }
}

/** Has `./components`, or where there is none the echo component that comes with the command. */
async function embeddedSidecar(environment: Environment): Promise<SidecarAccess> {
  const { createSidecar } = await import('@dapr-chat/sidecar')
  // Others on this machine may reach the port, so it takes a token that only this process knows.
  const apiToken = crypto.randomUUID()
  const sidecar = await createSidecar({
    httpPort: 0,
    grpcPort: 0,
    metricsPort: 0,
    resourcesPaths: [standardFolder()],
    environment,
    apiToken,
    logLevel: 'fatal',
    gracefulShutdownMs: 0,
  }).catch((error: Error) => {
    throw new ExitError(exitCodes.usage, error.message, { cause: error })
  })
  const { http } = await sidecar.listen()
  return {
    http,
    isEmbedded: true,
    // A secret store is a component too, and nobody talks to it.
    components: sidecar.components.filter(
      ({ state, type }) => state === 'ready' && type.toLowerCase().startsWith('conversation.'),
    ),
    leftOut: async () => leftOutAmong(sidecar.components),
    connect: (component) => new DaprChatClient({ component, endpoint: { http }, apiToken, retry }),
    [Symbol.asyncDispose]: () => sidecar.close(),
  }
}
