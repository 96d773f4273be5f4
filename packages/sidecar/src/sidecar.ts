/** The composition root: settings in, a sidecar out. Only wiring; what the parts do stands in their folders. */
import { DaprService, type SidecarMetadata } from '@dapr-chat/protocol/dapr'
import type { ApiContext } from './api/context.ts'
import { daprImplementation } from './api/dapr/grpc.ts'
import { createHttpApi } from './api/http.ts'
import { metricsListener } from './api/metrics.ts'
import { createAssembler } from './assemble.ts'
import { loadManifests } from './components/load.ts'
import { ComponentRegistry } from './components/registry.ts'
import { SecretStores } from './components/secrets/secret-stores.ts'
import { admittedComponents } from './configuration/configuration.ts'
import { loadConfiguration } from './configuration/load.ts'
import { type Listeners, openListeners, type SidecarAddresses } from './listen.ts'
import { Resiliency } from './middleware/resiliency/resiliency.ts'
import { createLog } from './observability/log.ts'
import { Metrics } from './observability/metrics.ts'
import { OpenCalls } from './pipeline/open-calls.ts'
import { loadPolicies } from './policies/load.ts'
import type { AnyProviderDefinition } from './providers/provider.ts'
import { createGrpcServer } from './server/grpc.ts'
import { KeepAlive } from './server/keep-alive.ts'
import { resolveSettings, type SidecarSettings } from './settings.ts'
import { StoreFile } from './store/store-file.ts'
import { DAPR_RUNTIME_VERSION, VERSION } from './version.ts'

/** What a program gives a sidecar: settings, all optional, and what no flag and no variable can say. */
export interface SidecarOptions extends Partial<SidecarSettings> {
  /** Kinds of component beyond the sidecar's own, made with `defineProvider`; one of the same type wins over ours. */
  readonly providers?: readonly AnyProviderDefinition[]
}

/** What became of one component. */
export interface SidecarComponent {
  readonly name: string
  readonly type: string
  readonly version: string
  readonly state: 'ready' | 'skipped' | 'failed'
  /** Why it is not ready. */
  readonly reason?: string
}

/** A sidecar whose components are loaded. */
export interface Sidecar {
  readonly components: readonly SidecarComponent[]
  /** How many conversations are in progress. */
  readonly openCalls: number
  /** Resolves when somebody asks for a shutdown over an API. */
  readonly shutdownRequested: Promise<void>
  /**
   * Opens the ports.
   * @throws the system's error where one cannot be had, such as `EADDRINUSE`.
   */
  listen(): Promise<SidecarAddresses>
  /** Refuses new calls, lets running answers end within `gracefulShutdownMs`, then closes everything. */
  close(): Promise<void>
}

/** The little that answers which have been aborted need to say so and end, in milliseconds. */
const GOODBYE_MS = 1_000

/**
 * Loads the components.
 * @throws ComponentError where a component or a folder cannot be loaded, RangeError where settings cannot be used.
 */
export async function createSidecar(options: SidecarOptions = {}): Promise<Sidecar> {
  const { providers = [], ...given } = options
  const settings = resolveSettings(given)
  const { appId, environment } = settings
  const log = createLog({ level: settings.logLevel, format: settings.logFormat })
  const report = { info: (message: string) => log.info(message), warn: (message: string) => log.warn(message) }
  const calls = new OpenCalls()
  const metrics = new Metrics(appId, environment.NAMESPACE ?? '', () => calls.size)
  const configuration = await loadConfiguration(settings.configurationFiles, { environment, report })
  const loaded = await loadManifests(settings.resourcesPaths, { appId, environment, report })
  const admitted = admittedComponents(configuration, loaded.manifests, report)
  const secretStores = await SecretStores.open(admitted, { environment, report })
  const manifests = await secretStores.fill(admitted)
  const policies = await loadPolicies(settings.resourcesPaths, { appId, report })
  for (const resource of policies.resources) metrics.resiliency.recordLoaded(resource)
  const resiliency = new Resiliency({
    policiesOf: (component) => policies.of(component),
    metrics: metrics.resiliency,
    report: report.info,
  })
  const conversations = new StoreFile(settings.storePath, settings.storeMaxBytes)
  const assemble = createAssembler({ metrics, resiliency, conversations, warn: report.warn })
  const components = await ComponentRegistry.create(manifests, { assemble, environment, report, providers }).catch(
    async (error: unknown) => {
      await conversations.close()
      throw error
    },
  )

  const allComponents = (): SidecarComponent[] => [...secretStores.list(), ...components.list()]

  const keepAlive = new KeepAlive(settings.keepAliveMs)
  const extended = new Map([
    ['daprRuntimeVersion', DAPR_RUNTIME_VERSION],
    ['daprChatVersion', VERSION],
  ])
  const { promise: shutdownRequested, resolve: requestShutdown } = Promise.withResolvers<void>()
  let listening = false
  let closed: Promise<void> | undefined
  const context: ApiContext = {
    settings,
    configuration,
    components,
    calls,
    keepAlive,
    conversations,
    ready: () => listening && !calls.draining,
    metadata: () => ({
      ...metadataOf(appId, allComponents(), new Map([...extended, ...breakerStates(resiliency)])),
      resiliencies: policies.resources,
      ...(settings.app && { app: settings.app }),
    }),
    setMetadata: (key, value) => {
      if (key !== '') extended.set(key, value)
    },
    shutdown: requestShutdown,
    logCall:
      (settings.apiLogging ?? configuration.apiLogging)
        ? ({ message, ...fields }) => log.info(fields, message)
        : undefined,
    reportInternal: (error) => log.error({ err: error }, 'a call failed inside the sidecar'),
  }
  const httpApi = createHttpApi(context)
  const grpcServer = createGrpcServer({
    service: DaprService,
    implementation: daprImplementation(context),
    maxMessageBytes: settings.maxBodyBytes,
  })
  let listeners: Listeners | undefined

  async function listen(): Promise<SidecarAddresses> {
    await httpApi.ready()
    listeners = await openListeners({
      settings,
      http: httpApi.routing,
      grpc: grpcServer,
      metrics: settings.metricsEnabled && configuration.metricsEnabled ? metricsListener(metrics) : undefined,
    })
    listening = true
    return listeners.addresses
  }

  async function shutDown(): Promise<void> {
    await calls.drain(settings.gracefulShutdownMs, GOODBYE_MS)
    keepAlive.close()
    await Promise.all([listeners?.close(GOODBYE_MS), components.close()])
    await httpApi.close()
    await conversations.close()
  }

  return {
    components: allComponents().map(({ name, type, version, state, reason }) => ({
      name,
      type,
      version,
      state,
      ...(reason !== undefined && { reason }),
    })),
    get openCalls() {
      return calls.size
    },
    shutdownRequested,
    listen,
    // A second signal, or a dispose after it, waits for the end that has begun.
    close: () => (closed ??= shutDown()),
  }
}

/** The state of each circuit breaker, as entries of the extended metadata. */
function breakerStates(resiliency: Resiliency): [key: string, value: string][] {
  return Array.from(resiliency.breakerStates(), ([component, state]) => [`circuitBreaker.${component}`, state])
}

function metadataOf(
  id: string,
  components: readonly SidecarComponent[],
  extended: ReadonlyMap<string, string>,
): SidecarMetadata {
  return {
    id,
    runtimeVersion: DAPR_RUNTIME_VERSION,
    enabledFeatures: [],
    components: components
      .filter(({ state }) => state === 'ready')
      .map(({ name, type, version }) => ({ name, type, version })),
    extended: Object.fromEntries(extended),
    resiliencies: [],
  }
}
