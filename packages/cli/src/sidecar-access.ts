/**
 * Where `ask` and `chat` get their sidecar from: the one that runs, or an embedded one for the time of the command.
 * Both are spoken to over HTTP by the same client, so a command does not care which it has.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Environment } from './environment.ts'
import { ExitError, exitCodes } from './exit-code.ts'

/** A conversation component as the sidecar reports it. */
export interface AvailableComponent {
  readonly name: string
  readonly type: string
}

/** A sidecar that answers. */
export interface SidecarAccess extends AsyncDisposable {
  /** Base address of its HTTP API. */
  readonly http: string
  /** The token it asks for, if there is one. */
  readonly apiToken: string | undefined
  readonly isEmbedded: boolean
  /** The conversation components that can be asked. */
  readonly components: readonly AvailableComponent[]
  /** The components that an embedded sidecar left out, with the reason. A running one does not report these. */
  readonly skipped: ReadonlyMap<string, string>
}

/** How long a sidecar may take to say that it is there, in milliseconds. */
const PROBE_MS = 1_000

/**
 * Finds the running sidecar, or starts one.
 * @throws ExitError where an address was set and nothing answers there, or an embedded sidecar cannot start.
 */
export async function openSidecar(environment: Environment): Promise<SidecarAccess> {
  const { http, setBy } = sidecarAddress(environment)
  if (await answers(http)) return runningSidecar(http, environment.DAPR_API_TOKEN || undefined)
  if (setBy !== undefined) {
    throw new ExitError(
      exitCodes.unreachable,
      `Cannot reach a sidecar at ${http}, where ${setBy} points: start one there, or unset ${setBy} to use an embedded one`,
    )
  }
  return embeddedSidecar(environment)
}

function sidecarAddress(environment: Environment): { http: string; setBy: string | undefined } {
  const { DAPR_HTTP_ENDPOINT: endpoint, DAPR_HTTP_PORT: port } = environment
  if (endpoint) {
    const http = endpoint.includes('://') ? endpoint : `http://${endpoint}`
    return { http: http.replace(/\/+$/, ''), setBy: 'DAPR_HTTP_ENDPOINT' }
  }
  return { http: `http://127.0.0.1:${port || 3500}`, setBy: port ? 'DAPR_HTTP_PORT' : undefined }
}

async function answers(http: string): Promise<boolean> {
  try {
    const response = await fetch(`${http}/v1.0/healthz/outbound`, { signal: AbortSignal.timeout(PROBE_MS) })
    return response.ok
  } catch {
    return false
  }
}

async function runningSidecar(http: string, apiToken: string | undefined): Promise<SidecarAccess> {
  const components = await conversationComponents(http, apiToken)
  return { http, apiToken, isEmbedded: false, components, skipped: new Map(), async [Symbol.asyncDispose]() {} }
}

/** Asks the metadata, which daprd answers too; state stores and the like are left out. */
async function conversationComponents(http: string, apiToken: string | undefined): Promise<AvailableComponent[]> {
  const response = await fetch(`${http}/v1.0/metadata`, {
    headers: apiToken === undefined ? {} : { 'dapr-api-token': apiToken },
    signal: AbortSignal.timeout(PROBE_MS),
  })
  if (response.status === 401 || response.status === 403) {
    throw new ExitError(exitCodes.auth, `Cannot talk to ${http}: DAPR_API_TOKEN must be the token of that sidecar`)
  }
  const body = (await response.json().catch(() => undefined)) as { components?: AvailableComponent[] } | undefined
  return (body?.components ?? []).filter(({ type }) => type.startsWith('conversation.'))
}

/** Has `./components`, or where there is none the echo component that comes with the command. */
async function embeddedSidecar(environment: Environment): Promise<SidecarAccess> {
  const { createSidecar } = await import('@dapr-chat/sidecar')
  const own = resolve('components')
  const builtIn = fileURLToPath(new URL('../components', import.meta.url))
  // Others on this machine may reach the port, so it takes a token that only this process knows.
  const apiToken = crypto.randomUUID()
  const sidecar = await createSidecar({
    httpPort: 0,
    grpcPort: 0,
    metricsPort: 0,
    resourcesPaths: [existsSync(own) ? own : builtIn],
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
    apiToken,
    isEmbedded: true,
    components: sidecar.components.filter(({ state }) => state === 'ready'),
    skipped: new Map(
      sidecar.components.flatMap(({ name, state, reason }) => (state === 'ready' ? [] : [[name, reason ?? state]])),
    ),
    [Symbol.asyncDispose]: () => sidecar.close(),
  }
}
