/** The composition root: settings in, a sidecar out. Only wiring; what the parts do stands in their folders. */
import type { Writable } from 'node:stream'
import { errorRow } from '@dapr-chat/protocol'
import { DAPR_CHAT_VERSION, DaprService, type SidecarMetadata } from '@dapr-chat/protocol/dapr'
import { CallFeed } from './api/console/call-feed.ts'
import type { ApiContext } from './api/context.ts'
import { daprImplementation } from './api/dapr/grpc.ts'
import { consoleApi } from './api/endpoints.ts'
import { createHttpApi } from './api/http.ts'
import { measureRefusedGrpcCall } from './api/measure.ts'
import { metricsListener } from './api/metrics.ts'
import { createAssembler } from './assemble.ts'
import { ComponentRegistry } from './components/registry.ts'
import { NewsReport } from './components/report.ts'
import { isApiOpen } from './configuration/configuration.ts'
import { loadConfiguration } from './configuration/load.ts'
import { type Listeners, openListeners, type SidecarAddresses } from './listen.ts'
import { Resiliency } from './middleware/resiliency/resiliency.ts'
import type { HeldBack } from './middleware/scrub/output.ts'
import { CallBook } from './observability/call-book.ts'
import { ContentBook } from './observability/content-book.ts'
import { createLog } from './observability/log.ts'
import { Metrics } from './observability/metrics.ts'
import { openTelemetry } from './observability/otlp/open.ts'
import { OpenCalls } from './pipeline/open-calls.ts'
import type { AnyProviderDefinition } from './providers/provider.ts'
import { HotReload } from './reload/hot-reload.ts'
import { loadResources, takeUp } from './resources.ts'
import { createGrpcServer } from './server/grpc.ts'
import { KeepAlive } from './server/keep-alive.ts'
import { resolveSettings, type SidecarSettings } from './settings.ts'
import { storePlace } from './store/store-place.ts'
import { readPrices } from './usage/price-file.ts'
import { Pricing } from './usage/pricing.ts'
import { UsageStore } from './usage/usage-store.ts'
import { DAPR_RUNTIME_VERSION, VERSION } from './version.ts'

/** What a program gives a sidecar: settings, all optional, and what no flag and no variable can say. */
export interface SidecarOptions extends Partial<SidecarSettings> {
  /** Kinds of component beyond the sidecar's own, made with `defineProvider`; one of the same type wins over ours. */
  readonly providers?: readonly AnyProviderDefinition[]
  /** Where the log goes; standard error where absent. */
  readonly logStream?: Writable
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
  /** As they are now; a reload changes them. */
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

/** What costs nothing, or nothing that the table of prices knows. */
const FREE_TYPES: ReadonlySet<string> = new Set(['conversation.echo', 'conversation.ollama'])

/** The little that answers which have been aborted need to say so and end, in milliseconds. */
const GOODBYE_MS = 1_000

/**
 * Loads the components.
 * @throws ComponentError where a component or a folder cannot be loaded, RangeError where settings cannot be used.
 */
export async function createSidecar(options: SidecarOptions = {}): Promise<Sidecar> {
  const { providers = [], logStream, ...given } = options
  const settings = resolveSettings(given)
  const { appId, environment } = settings
  const log = createLog({ level: settings.logLevel, format: settings.logFormat, stream: logStream })
  const report = { info: (message: string) => log.info(message), warn: (message: string) => log.warn(message) }
  const calls = new OpenCalls()
  const scrubbed = new Set<HeldBack>()
  const heldBytes = () => Array.from(scrubbed).reduce((sum, answer) => sum + answer.heldBytes, 0)
  const configuration = await loadConfiguration(settings.configurationFiles, { environment, report })
  const metrics = new Metrics({
    appId,
    namespace: environment.NAMESPACE ?? '',
    semconvOptIn: environment.OTEL_SEMCONV_STABILITY_OPT_IN,
    configuration,
    openCalls: () => calls.size,
    heldBytes,
  })
  const news = new NewsReport(report)
  const loading = { settings, configuration, report: news }
  let resources = await loadResources(loading)
  for (const { name } of resources.policies.documents) metrics.resiliency.recordLoaded(name)
  const resiliency = new Resiliency({
    policiesOf: (component) => resources.policies.of(component),
    metrics: metrics.resiliency,
    report: report.info,
  })
  const conversations = storePlace(settings, report.warn)
  const usage = new UsageStore({
    path: settings.usagePath,
    maxBytes: settings.usageMaxBytes,
    maxAgeMs: settings.usageMaxAgeMs,
    warn: report.warn,
  })
  const reportInternal = (error: unknown) => log.error({ err: error }, 'a call failed inside the sidecar')
  const pricing = new Pricing(settings.pricesFile === undefined ? undefined : await readPrices(settings.pricesFile))
  const contents = settings.captureContent ? new ContentBook() : undefined
  const callBook = new CallBook({ priceOf: (record) => pricing.cost(record), contents, reportInternal })
  const telemetry = await openTelemetry({ environment, tracing: configuration.tracing, appId }, report)
  for (const sink of [metrics.conversations, metrics.genAi, usage, ...(telemetry?.sinks ?? [])]) callBook.add(sink)
  const assemble = createAssembler({
    calls: callBook,
    contents,
    spans: telemetry?.conversations,
    metrics,
    resiliency,
    conversations,
    scrubbed,
    warn: report.warn,
  })
  const callsEnded = () => calls.ended()
  const making = { assemble, environment, report: news, providers, callsEnded }
  const components = await ComponentRegistry.create(resources.manifests, making).catch(async (error: unknown) => {
    await Promise.all([conversations.close(), telemetry?.close()])
    throw error
  })
  for (const { state } of components.list()) metrics.components.recordLoaded(state)
  const allComponents = (): SidecarComponent[] => [...resources.secretStores.list(), ...components.list()]

  async function reload(): Promise<void> {
    news.again()
    try {
      const before = resources
      const after = await loadResources(loading, before)
      resources = after
      for (const line of takeUp(before, after, { components, resiliency, metrics })) report.info(line)
      if (mayCost(components)) void pricing.load()
    } catch (error) {
      news.warn(
        `Cannot reload the components, and all stay as they were: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }

  const keepAlive = new KeepAlive(settings.keepAliveMs)
  const callFeed = settings.consoleEnabled ? new CallFeed(callBook, keepAlive) : undefined
  const extended = new Map([
    ['daprRuntimeVersion', DAPR_RUNTIME_VERSION],
    [DAPR_CHAT_VERSION, VERSION],
  ])
  const { promise: shutdownRequested, resolve: requestShutdown } = Promise.withResolvers<void>()
  let listening = false
  let closed: Promise<void> | undefined
  const context: ApiContext = {
    settings,
    configuration,
    components,
    calls,
    callBook,
    metrics,
    usage,
    callFeed,
    keepAlive,
    conversations,
    tracing: telemetry?.api,
    breakerStates: () => resiliency.breakerStates(),
    attemptTimeoutOf: (component) => resiliency.timeoutOf(component),
    ready: () => listening && !calls.draining,
    metadata: () => ({
      ...metadataOf(appId, allComponents(), new Map([...extended, ...breakerStates(resiliency)])),
      resiliencies: resources.policies.resources,
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
    countError: ({ code }) => metrics.api.recordError(errorRow(code).dapr),
    reportInternal,
  }
  const httpApi = createHttpApi(context)
  const grpcServer = createGrpcServer({
    service: DaprService,
    implementation: daprImplementation(context),
    maxMessageBytes: settings.maxBodyBytes,
    maxHeaderBytes: settings.maxHeaderBytes,
    refused: (method, code) => measureRefusedGrpcCall(metrics.api, method, code),
  })
  let listeners: Listeners | undefined
  let hotReload: HotReload | undefined

  async function listen(): Promise<SidecarAddresses> {
    await Promise.all([httpApi.ready(), mayCost(components) && pricing.load()])
    listeners = await openListeners({
      settings,
      http: httpApi.routing,
      grpc: grpcServer,
      metrics: settings.metricsEnabled && configuration.metricsEnabled ? metricsListener(metrics) : undefined,
      hasConsole: callFeed !== undefined && isApiOpen(configuration, consoleApi, 'http'),
    })
    listening = true
    const { resourcesPaths: folders, hotReloadReconcileMs: reconcileMs } = settings
    if (folders.length > 0 && (settings.hotReload ?? configuration.hotReload)) {
      hotReload = new HotReload({ folders, reconcileMs, reload, report })
    }
    return listeners.addresses
  }

  async function shutDown(): Promise<void> {
    await Promise.all([calls.drain(settings.gracefulShutdownMs, GOODBYE_MS), hotReload?.close()])
    callFeed?.close()
    keepAlive.close()
    await Promise.all([listeners?.close(GOODBYE_MS), components.close()])
    await httpApi.close()
    await Promise.all([conversations.close(), usage.close(), telemetry?.close()])
  }

  return {
    get components() {
      return allComponents().map(({ name, type, version, state, reason }) => ({
        name,
        type,
        version,
        state,
        ...(reason !== undefined && { reason }),
      }))
    },
    get openCalls() {
      return calls.size
    },
    shutdownRequested,
    listen,
    // A second signal, or a dispose after it, waits for the end that has begun.
    close: () => (closed ??= shutDown()),
  }
}

/** Whether a component asks a model that somebody runs for money; the table of prices takes time and memory. */
function mayCost(components: ComponentRegistry): boolean {
  return components.list().some(({ state, type }) => state === 'ready' && !FREE_TYPES.has(type.toLowerCase()))
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
